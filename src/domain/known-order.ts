import { changesState, evolve, ForbiddenTransition } from './evolve.js';
import type { Fact, FactType, RecordedFact } from './facts.js';
import type { OrderId } from './ids.js';
import type { Money } from './money.js';
import { storyOf } from './order-story.js';
import { placedWith, statusesOf, type OrderState } from './order-state.js';

/** Where the order stands, and since when (RFC 3339). */
export interface OrderSummary extends Omit<OrderState, 'tally'> {
  readonly orderId: OrderId;
  readonly since: string;
  readonly needsAttention: boolean;
}

interface PlacedOrder {
  readonly orderId: OrderId;
  readonly total: Money;
  readonly placedAt: string;
}

/** An order by all the facts that are known of it. */
export class KnownOrder {
  #state: OrderState;
  readonly #timeline: RecordedFact[];
  private since: string;
  private readonly sequences = new Set<number>();
  private readonly openAttention = new Set<string>();

  constructor(private readonly placed: PlacedOrder) {
    const { total, placedAt } = placed;
    this.#state = placedWith(total);
    this.since = placedAt;
    this.#timeline = [{ type: 'order.placed', total, sequence: 1, at: placedAt }];
  }

  /** The same object while nothing changes: that is how a step sees that the state moved meanwhile. */
  get state(): OrderState {
    return this.#state;
  }

  get timeline(): readonly RecordedFact[] {
    return this.#timeline;
  }

  hasHappened(type: FactType): boolean {
    return this.#timeline.some((fact) => fact.type === type);
  }

  summary(): OrderSummary {
    return {
      orderId: this.placed.orderId,
      ...statusesOf(this.#state),
      since: this.since,
      needsAttention: this.openAttention.size > 0,
    };
  }

  /** In Markdown. */
  story(): string {
    return storyOf(this.summary(), this.#timeline);
  }

  /** The same fact has one effect, also when two messages were answered with it. */
  apply(fact: RecordedFact): void {
    if (this.sequences.has(fact.sequence)) return;
    this.sequences.add(fact.sequence);
    const next = this.after(fact);
    if (next.status !== this.#state.status) this.since = fact.at;
    this.#state = next;
    this.#timeline.push(fact);
    this.noteAttention(fact);
  }

  /** What was done beside a compensation stands in the timeline, and moves the order no more. */
  private after(fact: RecordedFact): OrderState {
    if (!changesState(fact.type)) return this.#state;
    try {
      return evolve(this.#state, fact);
    } catch (error) {
      if (error instanceof ForbiddenTransition && this.#state.stage === 'undo') return this.#state;
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
