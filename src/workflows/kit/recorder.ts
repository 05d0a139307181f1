import {
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Entry } from '../../activities/ports.js';
import type { Step, StepResult } from '../../activities/step.js';
import { changesState, evolveAll } from '../../domain/evolve.js';
import type { Fact, FactType, RecordedFact } from '../../domain/facts.js';
import { KnownOrder } from '../../domain/known-order.js';
import type { OrderState } from '../../domain/order-state.js';
import {
  searchAttributeKeys,
  statusQuery,
  timelineQuery,
  type OrderInput,
  type OrderSummary,
} from '../messages.js';
import { runActivity, type ActivityName, type InputOf, type ResultOf } from './activities.js';

export type OutcomeOf<Name extends ActivityName> = ResultOf<Name>['outcome'];
export type PayloadOf<Name extends ActivityName> = Omit<InputOf<Name>, keyof Step>;

/** Each epoch numbers its changes from here on: more than one order can ever write in one of them. */
const revisionsPerEpoch = 1_000;

/** A write that is under way: what it was computed from, and its place among the order's changes. */
interface Write {
  readonly before: OrderState;
  readonly revision: number;
  /** Given when the whole state is written, whatever the facts. */
  readonly state?: OrderState | undefined;
}

/** An order's state and timeline as the workflow knows them, and the one way to change them. */
export class OrderRecorder {
  private readonly order: KnownOrder;
  private revision = 0;
  private readonly underWay = new Set<Write>();
  /** What the order's row shows; undefined while that is half of the truth. */
  private rowState: OrderState | undefined;
  private published = '';
  private stopping = false;

  constructor(readonly input: OrderInput) {
    this.order = new KnownOrder(input);
    this.rowState = this.state;
    setHandler(statusQuery, () => this.summary(), { description: 'Where the order stands' });
    setHandler(timelineQuery, () => this.order.timeline, {
      description: 'What happened to the order',
    });
    setCurrentDetails(this.order.story());
    void CancellationScope.nonCancellable(() => this.keepRowTrue());
  }

  get state(): OrderState {
    return this.order.state;
  }

  /** Whether the order stops, from the moment on in which it was decided: the state follows. */
  get isStopping(): boolean {
    return this.stopping;
  }

  stop(): void {
    this.stopping = true;
  }

  goOn(): void {
    this.stopping = false;
  }

  /** A step that may move the order. Steps may run side by side. */
  perform<Name extends ActivityName>(
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    this.revision += 1;
    return this.performBeside(name, payload, summary);
  }

  /** A step beside the main line: its facts stand in the timeline and move nothing. */
  async performBeside<Name extends ActivityName>(
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const { orderId } = this.input;
    const { revision } = this;
    const before = this.state;
    const step: Step = { orderId, revision, before };
    const input = { ...step, ...payload } as unknown as InputOf<Name>;
    const result = await this.track({ before, revision }, () => runActivity(name, input, summary));
    return result.outcome;
  }

  /**
   * Writes what no step brought about.
   * @param key names the change within the order
   * @returns the facts on record: those of the first writer
   */
  async record(key: string, facts: readonly Fact[]): Promise<readonly RecordedFact[]> {
    const summary = facts.map(({ type }) => type).join(', ');
    const isChange = facts.some(({ type }) => changesState(type));
    const state = isChange ? evolveAll(this.state, facts) : undefined;
    return this.write({ key, facts }, state, summary);
  }

  hasHappened(type: FactType): boolean {
    return this.order.hasHappened(type);
  }

  /**
   * Begins an epoch whose changes outrank all earlier ones, those too that this history does not know:
   * of an attempt that hung in a worker that was given up, or from before a reset of the workflow.
   */
  newEpoch(): void {
    this.revision += revisionsPerEpoch;
  }

  summary(): OrderSummary {
    return this.order.summary();
  }

  /** Waits until everything is written, and the order's row shows where it stands. */
  async allWritten(): Promise<void> {
    await condition(() => this.underWay.size === 0 && this.rowState !== undefined);
  }

  /** Makes the order's status searchable in Temporal. Before a wait, not at every change. */
  publish(): void {
    const summary = this.summary();
    const shown = `${summary.status} ${summary.needsAttention}`;
    if (shown === this.published) return;
    this.published = shown;
    upsertSearchAttributes([
      { key: searchAttributeKeys.OrderStatus, value: summary.status },
      { key: searchAttributeKeys.NeedsAttention, value: summary.needsAttention },
    ]);
  }

  private async write(
    entry: Pick<Entry, 'key' | 'facts'>,
    state: OrderState | undefined,
    summary: string,
  ): Promise<readonly RecordedFact[]> {
    const { orderId } = this.input;
    if (state !== undefined) this.revision += 1;
    const { revision } = this;
    const change = state && { revision, state };
    const input = { orderId, ...entry, ...(change && { change }) };
    const write = { before: this.state, revision, state };
    const { facts } = await this.track(write, () =>
      runActivity('recordTransition', input, summary),
    );
    return facts;
  }

  /** Carries out a write, and takes over what stands on record then. */
  private async track<Result extends StepResult<unknown>>(
    write: Write,
    run: () => Promise<Result>,
  ): Promise<Result> {
    this.underWay.add(write);
    try {
      const result = await run();
      this.takeOver(result, write);
      return result;
    } finally {
      this.underWay.delete(write);
    }
  }

  /**
   * A change that was computed from a stale state, because of another step beside it, leaves the order's
   * row with half of the truth. So does one that the row did not take.
   */
  private takeOver({ facts, rowRevision }: StepResult<unknown>, write: Write): void {
    const isChange = write.state !== undefined || facts.some(({ type }) => changesState(type));
    const isWhole = write.before === this.state && rowRevision === write.revision;
    this.revision = Math.max(this.revision, rowRevision);
    facts.forEach((fact) => {
      this.order.apply(fact);
    });
    setCurrentDetails(this.order.story());
    if (!isChange) return;
    if (isWhole) this.rowState = this.state;
    else if (this.rowState !== this.state) this.rowState = undefined;
  }

  /**
   * Writes the row again whenever it shows half of the truth, unless a step that knows the whole state has
   * begun: that one writes it at its end.
   */
  private async keepRowTrue(): Promise<never> {
    const isLeft = () => [...this.underWay].every(({ before }) => before !== this.state);
    for (;;) {
      await condition(() => this.rowState === undefined && isLeft());
      const key = `state:${this.revision + 1}`;
      await this.write({ key, facts: [] }, this.state, "bring the order's row up to date");
    }
  }
}
