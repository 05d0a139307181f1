import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Entry, Written } from '../activities/ports.js';
import type { Step, Told } from '../activities/step.js';
import { changesState, evolve, evolveAll, ForbiddenTransition } from '../domain/evolve.js';
import type { Fact, RecordedFact } from '../domain/facts.js';
import { placedWith, statusesOf, type OrderState } from '../domain/order-state.js';
import type { ActivityName } from './activity-options.js';
import { detailsOf, searchAttributesOf } from './display.js';
import { dispatch, type InputOf, type ResultOf } from './dispatch.js';
import { statusQuery, timelineQuery, type OrderInput, type OrderSummary } from './messages.js';

export type OutcomeOf<Name extends ActivityName> = ResultOf<Name>['outcome'];
export type PayloadOf<Name extends ActivityName> = Omit<InputOf<Name>, keyof Step>;

/** Each phase numbers its changes from here on: more than one task of one order can ever write. */
const revisionsPerPhase = 1_000;

/** An order's state and timeline as the workflow knows them, and the one way to change them. */
export class OrderLife {
  state: OrderState;
  /** From when on it goes back; its stage says so as soon as that is written. */
  isStopped = false;
  private since: string;
  private revision = 0;
  private readonly timeline: RecordedFact[];
  private readonly heard = new Set<number>();
  private readonly openAttention = new Set<string>();
  private published = '';

  constructor(readonly input: OrderInput) {
    this.state = placedWith(input.total);
    this.since = input.placedAt;
    const accepted = { type: 'order.placed', total: input.total } as const;
    this.timeline = [{ ...accepted, sequence: 1, at: input.placedAt }];
    setHandler(statusQuery, () => this.summary(), { description: 'Where the order stands' });
    setHandler(timelineQuery, () => this.timeline, { description: 'What happened to the order' });
  }

  /** A step that may move the order. Steps may run side by side. */
  async perform<Name extends ActivityName>(
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const next = () => (this.revision += 1);
    return this.call(next, name, payload, summary);
  }

  /** A step beside the main line: its facts stand in the timeline and move nothing. */
  async performAside<Name extends ActivityName>(
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const next = () => this.revision;
    return this.call(next, name, payload, summary);
  }

  /**
   * Writes what no step brought about.
   * @param key names the change within the order
   * @returns the facts on record: those of the first writer, which may be a task that was lost
   */
  async record(key: string, facts: readonly Fact[]): Promise<readonly RecordedFact[]> {
    const { orderId } = this.input;
    const summary = facts.map(({ type }) => type).join(', ');
    const change = facts.some(({ type }) => changesState(type))
      ? { change: this.nextChange(evolveAll(this.state, facts)) }
      : {};
    return this.write(summary, { orderId, key, facts, ...change });
  }

  /**
   * Begins a phase that outranks whatever was written until now, also by a task that died with its
   * worker and of which this history knows nothing.
   */
  outrank(): void {
    this.revision += revisionsPerPhase;
  }

  summary(): OrderSummary {
    const { orderId } = this.input;
    return {
      orderId,
      ...statusesOf(this.state),
      since: this.since,
      needsAttention: this.openAttention.size > 0,
    };
  }

  /** Shows the order's state in the Web UI and its list. Before a wait, not at every change. */
  publish(): void {
    const summary = this.summary();
    setCurrentDetails(detailsOf(summary, this.timeline));
    const shown = `${summary.status} ${summary.needsAttention}`;
    if (shown === this.published) return;
    this.published = shown;
    upsertSearchAttributes(searchAttributesOf(summary));
  }

  private async call<Name extends ActivityName>(
    next: () => number,
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const answer = this.answer();
    const revision = next();
    const step: Step = { orderId: this.input.orderId, revision, before: answer.begin(revision) };
    const input = { ...step, ...payload } as unknown as InputOf<Name>;
    const told: Told<unknown> = await dispatch({ name, input, summary });
    answer.heard(told);
    await answer.settled();
    return told.outcome as OutcomeOf<Name>;
  }

  private async write(summary: string, entry: Entry): Promise<readonly RecordedFact[]> {
    const answer = this.answer();
    answer.begin(entry.change?.revision, entry.facts.length === 0);
    const written = await dispatch({ name: 'recordTransition', input: entry, summary });
    answer.heard(written);
    await answer.settled();
    return written.facts;
  }

  /**
   * A change that was decided on a state that is past by now, because of another step beside it, has
   * left the order's row with half of the truth. So has one that the row did not take, because of what
   * a task wrote that was lost. The whole state is written once more then, as the latest change.
   */
  private answer() {
    let before = this.state;
    let sent: number | undefined;
    let isWhole = false;
    let isOvertaken = false;
    return {
      begin: (revision: number | undefined, isWholeState = false) => {
        sent = revision;
        isWhole = isWholeState;
        return (before = this.state);
      },
      heard: ({ facts, rowRevision }: Written) => {
        const isChange = isWhole || facts.some(({ type }) => changesState(type));
        isOvertaken = isChange && (before !== this.state || rowRevision !== sent);
        this.revision = Math.max(this.revision, rowRevision);
        facts.forEach((fact) => {
          this.apply(fact);
        });
      },
      settled: async () => {
        if (isOvertaken) await this.bringUpToDate();
      },
    };
  }

  private async bringUpToDate(): Promise<void> {
    const { orderId } = this.input;
    const change = this.nextChange(this.state);
    const key = `state:${change.revision}`;
    await this.write('bring the row up to date', { orderId, key, facts: [], change });
  }

  private nextChange(state: OrderState): NonNullable<Entry['change']> {
    this.revision += 1;
    return { revision: this.revision, state };
  }

  /** The same fact has one effect, also when two attempts of a step are answered with it. */
  private apply(fact: RecordedFact): void {
    if (this.heard.has(fact.sequence)) return;
    this.heard.add(fact.sequence);
    const next = this.after(fact);
    if (next.status !== this.state.status) this.since = fact.at;
    this.state = next;
    this.timeline.push(fact);
    this.noteAttention(fact);
  }

  /** What was done beside a compensation stands in the timeline, and moves the order no more. */
  private after(fact: RecordedFact): OrderState {
    // The same object while nothing changes: that is how a step sees that it was overtaken.
    if (!changesState(fact.type)) return this.state;
    try {
      return evolve(this.state, fact);
    } catch (error) {
      if (error instanceof ForbiddenTransition && this.state.stage === 'undo') return this.state;
      throw error;
    }
  }

  private noteAttention(fact: Fact): void {
    if (fact.type === 'attention.raised') this.openAttention.add(`${fact.reason}:${fact.subject}`);
    if (fact.type === 'attention.resolved') {
      this.openAttention.delete(`${fact.reason}:${fact.subject}`);
    }
  }
}
