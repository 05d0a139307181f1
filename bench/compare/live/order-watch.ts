import type pg from 'pg';
import type { Driven } from '../drive.js';
import { isEnded } from '../judge/evidence.js';
import { readInside, type InsideBook } from '../judge/inside-books.js';
import { evidenceOf } from '../judge/judge.js';
import { readOutside } from '../judge/outside-books.js';
import { brokenRules } from '../judge/rules.js';
import { isStill, type Circumstances, type Seen } from './counters.js';

/** Where the books of an arm are. */
export interface Shelves {
  readonly pool: pg.Pool;
  readonly sandboxPool: pg.Pool;
  readonly sandboxUrl: string;
  /** Whether facts have to become events. */
  readonly hasLog: boolean;
}

interface Watched extends Seen {
  readonly driven: Driven;
  readonly book: InsideBook | undefined;
  /** So many facts it had when it was judged. */
  readonly judgedFacts: number | undefined;
}

/**
 * Reads what the books say of an arm's orders, until each has ended and nothing is wrong with it. Those
 * that are wrong are judged anew whenever something is heard of them.
 */
export class OrderWatch {
  readonly #orders = new Map<string, Watched>();

  constructor(
    private readonly shelves: Shelves,
    private readonly around: () => Circumstances,
  ) {}

  add(driven: Driven): void {
    const { orderId, sentAtMs } = driven;
    const unknown = { book: undefined, brokenRules: undefined, judgedFacts: undefined };
    this.#orders.set(orderId, { driven, sentAtMs, ...unknown });
  }

  get orders(): readonly Watched[] {
    return [...this.#orders.values()];
  }

  async look(): Promise<void> {
    const open = this.orders.filter(({ brokenRules: broken }) => broken?.length !== 0);
    if (open.length === 0) return;
    const ids = open.map(({ driven }) => driven.orderId);
    for (const book of await readInside(this.shelves.pool, ids)) await this.#note(book);
  }

  async #note(book: InsideBook): Promise<void> {
    const known = this.#orders.get(book.orderId);
    if (known === undefined) return;
    const seen = { ...known, book };
    this.#orders.set(book.orderId, seen);
    const judgedFacts = book.facts.length;
    if (known.judgedFacts === judgedFacts || !isEnded(book) || !isStill(seen, this.around()))
      return;
    const judged = await this.#judge(seen, book);
    this.#orders.set(book.orderId, { ...seen, brokenRules: judged, judgedFacts });
  }

  async #judge({ driven }: Watched, book: InsideBook): Promise<readonly string[]> {
    const { sandboxUrl, sandboxPool, hasLog } = this.shelves;
    const outside = await readOutside(sandboxUrl, sandboxPool, driven.orderId);
    return brokenRules(evidenceOf(driven, book, outside, hasLog));
  }
}
