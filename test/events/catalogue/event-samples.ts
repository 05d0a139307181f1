import { toOrderEvent, type OutboxFact } from '../../../src/events/catalogue/to-order-event.js';
import type { Fact } from '../../../src/domain/facts.js';
import type { OrderId } from '../../../src/domain/ids.js';

export const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';

/** A fact as the outbox has it. */
export function outboxFact({ type, ...data }: Fact, sequence = 7): OutboxFact {
  return { orderId, sequence, type, data, at: new Date('2026-01-02T03:04:05.678Z') };
}

/** The event as it is sent: without what JSON cannot say. */
export const eventOf = (fact: Fact, sequence?: number) =>
  JSON.parse(JSON.stringify(toOrderEvent(outboxFact(fact, sequence)))) as ReturnType<
    typeof toOrderEvent
  >;
