import type { Database } from '../db/database.js';
import type { RelayConsumer } from './consumer.js';
import type { ConsumerRound } from './consumer-runner.js';
import { readPage, standingOf, type Page } from './page.js';
import { retryDue } from './quarantine.js';
import { orUnavailable } from './refusal.js';
import { defaultRules, type ConsumerRun } from './rules.js';
import type { Rest, Tail } from './tail.js';
import { takePage } from './take-page.js';

/** Where a group stands, as far as this process knows. */
export interface Place {
  /** In the database. */
  readonly position: number;
  /** From there up to here no event is for the group; the database may not know that yet. */
  readonly passed: number;
  /** The server that the events up to there were read from. */
  readonly server: string;
}

/** What the clock has found about a group. */
interface Look {
  readonly position: number;
  readonly isDue: boolean;
}

/** A consumer's group in a process that keeps the tail of the log. */
export class Group {
  #place: Place | undefined;
  #isDue = false;
  readonly #run: ConsumerRun;
  readonly #tail: Tail;

  constructor(database: Database, consumer: RelayConsumer, tail: Tail) {
    this.#run = { database, consumer, rules: defaultRules };
    this.#tail = tail;
  }

  get name(): string {
    return this.#run.consumer.name;
  }

  get place(): Place | undefined {
    return this.#place;
  }

  /**
   * One round: retries that are due, then the next events, from the tail or, where that does not reach
   * back far enough, from the log. It sends no statement when nothing is new for the group.
   */
  round(): Promise<ConsumerRound> {
    return orUnavailable(async () => {
      const retried = this.#isDue ? await this.#retry() : 0;
      const page = await this.#next();
      if (page === undefined) return { events: retried, hasMore: retried > 0 };
      const { position, events, hasMore } = await takePage(this.#run, page);
      this.#place = { position, passed: position, server: page.server };
      return { events: retried + events, hasMore: retried > 0 || hasMore };
    });
  }

  /**
   * Takes note of what the clock found: a quarantined event is due, or the group stands elsewhere, as after
   * a rebuild.
   * @param before the place when it began to look; what a round has found since is newer
   */
  note(before: Place | undefined, { position, isDue }: Look): void {
    this.#isDue ||= isDue;
    if (before === undefined || this.#place !== before || position === before.position) return;
    const passed = position < before.position ? position : Math.max(before.passed, position);
    this.#place = { ...before, position, passed };
  }

  async #retry(): Promise<number> {
    this.#isDue = false;
    return retryDue(this.#run);
  }

  async #next(): Promise<Page | undefined> {
    const place = this.#place;
    const rest = place && this.#tail.after(place.passed);
    if (rest === undefined || place?.server !== rest.server) return this.#nextOfLog();
    const page = this.#pageOf(place, rest);
    if (page.events.length > 0) return page;
    if (page.through > place.passed) this.#place = { ...place, passed: page.through };
    return undefined;
  }

  async #nextOfLog(): Promise<Page | undefined> {
    const standing = await standingOf(this.#run.database, this.name);
    const { position, server } = standing;
    this.#place = { position, passed: position, server };
    return readPage(this.#run, standing);
  }

  #pageOf(place: Place, { events, through, server }: Rest): Page {
    const { consumer, rules } = this.#run;
    const wanted = events.filter(({ event }) => consumer.types?.includes(event.type) ?? true);
    const taken = wanted.slice(0, rules.batchSize);
    const hasMore = taken.length < wanted.length;
    const last = taken.at(-1)?.position ?? through;
    return {
      from: place.position,
      events: taken,
      through: hasMore ? last : through,
      hasMore,
      server,
    };
  }
}
