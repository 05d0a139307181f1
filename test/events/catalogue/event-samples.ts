import { toOrderEvent, type OutboxFact } from '../../../src/events/catalogue/to-order-event.js';
import type { Fact, FactType } from '../../../src/domain/facts.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { factSamples, factTypes } from '../../domain/fact-samples.js';

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

/** What facts can say beyond their samples. */
const more = {
  'attention.raised': {
    id: 'att_1',
    owner: 'support',
    choices: ['waive'],
    exposure: { amountMinor: 1, currency: 'EUR' },
  },
  'attention.resolved': { by: 'mia', choice: 'waive', note: 'seen' },
  'delivery_partner.assigned': {
    pickUpFrom: '2026-01-05T09:00:00.000Z',
    pickUpUntil: '2026-01-05T12:00:00.000Z',
  },
  'mail.sent': { subject: 'shp_1' },
  'compensation.started': { undos: ['voidLabel:shp_1'] },
  'undo.settled': { subject: 'shp_1' },
  'payment.refunded': { shipmentId: 'shp_1', returnId: 'ret_1', paymentId: 'pi_1' },
  'points.revoked': { points: 1, returnId: 'ret_1' },
  'return.label_created': { carrier: 'Post' },
  'return.received': { by: 'mia', lines: [{ sku: 'TEA-100', quantity: 1, verdict: 'restock' }] },
} as const;

const moreOf = (type: FactType): object => (more as Partial<Record<FactType, object>>)[type] ?? {};

/** One fact of each type, with every member that it can have. */
export const wholeFacts = factTypes.map((type): Fact => ({
  ...factSamples[type],
  ...moreOf(type),
}));
