import { attentionKinds, choicesFor } from '../domain/attention.js';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { firstValue, type Database } from './database.js';
import { storeMessage } from './messages.js';
import { appendFacts } from './order-facts.js';

/** A cardholder reclaims the money from the bank. */
export interface Dispute {
  readonly eventId: string;
  readonly disputeId: string;
  readonly paymentId: string;
  readonly amount: Money;
}

/**
 * Stores a dispute once, with its fact and an attention item in the order's timeline. The order may
 * have ended; its state stays. A dispute about an unknown payment is only stored.
 * @returns false when the event was stored before
 */
export const storeDispute = (database: Database, dispute: Dispute): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const { eventId, disputeId, paymentId } = dispute;
    const orderId = (await orderOf(transaction, paymentId)) ?? null;
    const notice = { id: `payment:${eventId}`, kind: 'notice', orderId, body: {} };
    const { isNew } = await storeMessage(transaction, notice);
    if (isNew && orderId !== null) {
      await appendFacts(transaction, orderId, `dispute:${disputeId}`, disputeFacts(dispute));
    }
    return isNew;
  });

const orderOf = (database: Database, paymentId: string) => firstValue<OrderId>(database)`
    select order_id from orders.history
    where type in ('payment.authorized', 'payment.action_required', 'payment.late')
      and data ->> 'paymentId' = ${paymentId}
    limit 1`;

function disputeFacts({ disputeId, amount }: Dispute): readonly Fact[] {
  const reason = 'payment_disputed';
  const { owner } = attentionKinds[reason];
  const item = { reason, subject: disputeId, owner, choices: choicesFor(reason) } as const;
  return [
    { type: 'payment.disputed', disputeId, amount },
    { type: 'attention.raised', ...item, exposure: amount },
  ];
}
