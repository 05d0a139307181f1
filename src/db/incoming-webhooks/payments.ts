import { attentionKinds, choicesFor } from '../../domain/attention.js';
import type { Fact } from '../../domain/facts.js';
import type { OrderId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import { allRows, firstValue, hasRow, type Database } from '../database.js';

/** What the provider reported about a payment. */
export interface PaymentReport {
  readonly eventId: string;
  /** The order that the payment names; it may be one that we do not have. */
  readonly orderId: OrderId | null;
  readonly paymentId: string;
  readonly outcome: 'authorized' | 'failed';
  /** When it happened, RFC 3339, in whole seconds. */
  readonly happenedAt: string;
}

/** A cardholder reclaims the money from the bank. */
export interface Dispute {
  readonly eventId: string;
  readonly disputeId: string;
  readonly paymentId: string;
  readonly amount: Money;
}

/** A report for its order's workflow, or for a workflow of its own. */
export interface PendingReport extends Pick<PaymentReport, 'eventId' | 'paymentId' | 'outcome'> {
  readonly orderId: OrderId;
  readonly meaning: 'signal' | 'late';
}

export type StoredReport =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'stored' }
  | { readonly kind: 'to_deliver'; readonly report: PendingReport };

/** Stores an event that changes nothing here. @returns false when it was stored before */
export const storeOtherPaymentEvent = (
  database: Database,
  event: { readonly eventId: string; readonly orderId: OrderId | null },
) => hasRow(database)`
    insert into orders.incoming_webhooks (provider, event_id, order_id, delivered_at)
    values ('payments', ${event.eventId}, ${event.orderId}, now())
    on conflict do nothing returning event_id`;

/**
 * Stores a report once, and returns what it means to its order now. A report that overtakes the answer
 * to our own call waits until the order knows the payment.
 */
export async function storePaymentReport(
  database: Database,
  report: PaymentReport,
): Promise<StoredReport> {
  const { eventId, orderId, paymentId, outcome, happenedAt } = report;
  const message = JSON.stringify({ paymentId, outcome, happenedAt });
  const meaning = await firstValue<'none' | 'wait' | 'signal' | 'late'>(database)`
    with meant as (
      select orders.payment_event_meaning(${orderId}, ${paymentId}, ${outcome},
        ${happenedAt}::timestamptz, now()) as meaning
    ), stored as (
      insert into orders.incoming_webhooks (provider, event_id, order_id, message, delivered_at)
      select 'payments', ${eventId}, ${orderId}, ${message}::jsonb,
        case when meaning = 'none' then now() end
      from meant on conflict do nothing returning event_id
    )
    select meaning from stored, meant`;
  if (meaning === undefined) return { kind: 'duplicate' };
  if (orderId === null || meaning === 'none' || meaning === 'wait') return { kind: 'stored' };
  return { kind: 'to_deliver', report: { eventId, orderId, paymentId, outcome, meaning } };
}

/**
 * Stores a dispute once, with its fact and an attention item in the order's timeline. The order may
 * have ended; its state stays. A dispute about an unknown payment is only stored.
 * @returns false when the event was stored before
 */
export async function storeDispute(database: Database, dispute: Dispute): Promise<boolean> {
  const { eventId, disputeId, paymentId } = dispute;
  return hasRow(database)`
    with subject as (
      select order_id from orders.timeline
      where type in ('payment.authorized', 'payment.action_required', 'payment.late')
        and data ->> 'paymentId' = ${paymentId}
      limit 1
    ), stored as (
      insert into orders.incoming_webhooks (provider, event_id, order_id, delivered_at)
      values ('payments', ${eventId}, (select order_id from subject), now())
      on conflict do nothing returning order_id
    )
    select case when stored.order_id is not null then (
      select count(*) from orders.append(stored.order_id, ${`dispute:${disputeId}`},
        ${JSON.stringify(disputeFacts(dispute))}::jsonb, null, null)
    ) end as written
    from stored`;
}

function disputeFacts({ disputeId, amount }: Dispute): readonly Fact[] {
  const reason = 'payment_disputed';
  const { owner } = attentionKinds[reason];
  const item = { reason, subject: disputeId, owner, choices: choicesFor(reason) } as const;
  return [
    { type: 'payment.disputed', disputeId, amount },
    { type: 'attention.raised', ...item, exposure: amount },
  ];
}

/** A report without effect on its order is signalled again after this time. */
const effectLimitMs = 30_000;

/**
 * Closes the waiting reports whose effect their order shows.
 * @returns of the others those to deliver now, the oldest first. After three days the reconciliation
 *   has found what there is to find.
 */
export const takePendingReports = (
  database: Database,
  limit: number,
  olderThanMs: number,
) => allRows<PendingReport>(database)`
    with waiting as (
      select w.event_id, w.order_id, w.message, w.received_at, w.notified_at,
        orders.payment_event_meaning(w.order_id, w.message ->> 'paymentId',
          w.message ->> 'outcome', (w.message ->> 'happenedAt')::timestamptz, w.received_at)
          as meaning
      from orders.incoming_webhooks w
      where w.provider = 'payments' and w.delivered_at is null and w.message is not null
        and w.received_at between clock_timestamp() - interval '3 days'
          and clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    ), closed as (
      update orders.incoming_webhooks w set delivered_at = now() from waiting
      where w.provider = 'payments' and w.event_id = waiting.event_id and waiting.meaning = 'none'
    )
    select event_id as "eventId", order_id as "orderId", message ->> 'paymentId' as "paymentId",
      message ->> 'outcome' as outcome, meaning
    from waiting
    where meaning in ('signal', 'late') and (notified_at is null
      or notified_at < clock_timestamp() - ${effectLimitMs} * interval '1 millisecond')
    order by received_at limit ${limit}`;
