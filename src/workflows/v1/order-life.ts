import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Entry } from '../../activities/ports.js';
import type { Step, Told } from '../../activities/step.js';
import { changesState, evolve, evolveAll } from '../../domain/evolve.js';
import type { AttentionReason } from '../../domain/attention.js';
import type { Fact, RecordedFact } from '../../domain/facts.js';
import { placed, statusesOf, type OrderState } from '../../domain/order-state.js';
import { detailsOf, searchAttributesOf } from '../display.js';
import { dispatch, type InputOf, type Manner, type ResultOf } from '../dispatch.js';
import { atOnce } from '../turns.js';
import type { ActivityName } from '../activity-options.js';
import { statusQuery, timelineQuery, type OrderSummary } from '../messages.js';
import type { OrderInput } from './messages.js';

type OutcomeOf<Name extends ActivityName> = ResultOf<Name>['outcome'];

/** More than one task of one order can ever write. */
const revisionLead = 1_000;

/** An order's state and timeline as the workflow knows them, and the one way to change them. */
export class OrderLife {
  state: OrderState = placed;
  private since: string;
  private revision = 0;
  private readonly timeline: RecordedFact[];
  private readonly openAttention = new Set<string>();
  private published = '';
  private readonly manner: Manner;

  constructor(readonly input: OrderInput) {
    this.since = input.placedAt;
    this.manner = { mode: input.dispatch, inTurn: atOnce };
    const accepted = { type: 'order.placed', total: input.total } as const;
    this.timeline = [{ ...accepted, sequence: 1, at: input.placedAt }];
    setHandler(statusQuery, () => this.summary(), { description: 'Where the order stands' });
    setHandler(timelineQuery, () => this.timeline, { description: 'What happened to the order' });
  }

  /** A step of the main line: its facts may move the order. */
  async perform<Name extends ActivityName>(
    name: Name,
    payload: Omit<InputOf<Name>, keyof Step>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    this.revision += 1;
    return this.call(name, payload, summary);
  }

  /** A step beside the main line: its facts stand in the timeline and move nothing. */
  async performAside<Name extends ActivityName>(
    name: Name,
    payload: Omit<InputOf<Name>, keyof Step>,
    summary: string,
  ): Promise<void> {
    await this.call(name, payload, summary);
  }

  /** Writes what no step brought about. @param key names the change within the order */
  async record(key: string, facts: readonly Fact[]): Promise<void> {
    const entry: Entry = { orderId: this.input.orderId, key, facts, ...this.changeBy(facts) };
    const told = await dispatch(
      this.manner,
      {
        name: 'recordTransition',
        input: () => entry,
        summary: facts.map((f) => f.type).join(', '),
      },
      () => undefined,
    );
    this.apply(told.facts);
  }

  /**
   * Puts every later change before whatever was written until now, also by a task that died with
   * its worker and of which this history knows nothing.
   */
  outrank(): void {
    this.revision += revisionLead;
  }

  raiseAttention(reason: AttentionReason, subject: string): Promise<void> {
    return this.record(`attention:${reason}:${subject}`, [
      { type: 'attention.raised', reason, subject },
    ]);
  }

  resolveAttention(reason: AttentionReason, subject: string): Promise<void> {
    return this.record(`attention-resolved:${reason}:${subject}`, [
      { type: 'attention.resolved', reason, subject },
    ]);
  }

  summary(): OrderSummary {
    const { orderId } = this.input;
    return {
      orderId,
      ...statusesOf(this.state),
      since: this.since,
      needsAttention: this.needsAttention,
    };
  }

  /** Shows the order's state in the Web UI and its list. Before a wait, not at every change. */
  publish(): void {
    setCurrentDetails(detailsOf(this.summary(), this.timeline));
    const shown = `${this.state.status} ${this.needsAttention}`;
    if (shown === this.published) return;
    this.published = shown;
    upsertSearchAttributes(searchAttributesOf(this.summary()));
  }

  private get needsAttention(): boolean {
    return this.openAttention.size > 0;
  }

  private async call<Name extends ActivityName>(
    name: Name,
    payload: Omit<InputOf<Name>, keyof Step>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const { orderId } = this.input;
    const step: Step = { orderId, revision: this.revision, before: this.state };
    const input = { ...step, ...payload } as unknown as InputOf<Name>;
    const told: Told<unknown> = await dispatch(
      this.manner,
      { name, input: () => input, summary },
      () => {
        this.publish();
      },
    );
    this.apply(told.facts);
    return told.outcome as OutcomeOf<Name>;
  }

  private changeBy(facts: readonly Fact[]): Pick<Entry, 'change'> {
    if (!facts.some((fact) => changesState(fact.type))) return {};
    this.revision += 1;
    return { change: { revision: this.revision, state: evolveAll(this.state, facts) } };
  }

  private apply(facts: readonly RecordedFact[]): void {
    for (const fact of facts) {
      const next = evolve(this.state, fact);
      if (next.status !== this.state.status) this.since = fact.at;
      this.state = next;
      this.timeline.push(fact);
      this.noteAttention(fact);
    }
  }

  private noteAttention(fact: Fact): void {
    if (fact.type === 'attention.raised') this.openAttention.add(`${fact.reason}:${fact.subject}`);
    if (fact.type === 'attention.resolved') {
      this.openAttention.delete(`${fact.reason}:${fact.subject}`);
    }
  }
}
