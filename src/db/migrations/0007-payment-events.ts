import { sql, type Kysely, type Migration } from 'kysely';

/** What a payment provider's report means to the order that it names, and whose a payment is. */
export const paymentEvents: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await paymentIndex.execute(db);
    await meaning.execute(db);
  },
};

/** A dispute names its payment alone. */
const paymentIndex = sql`
  create index timeline_by_payment on orders.timeline ((data ->> 'paymentId'))
    where type in ('payment.authorized', 'payment.action_required', 'payment.late');
`;

/**
 * What is to be done about a report that a payment was authorized or failed:
 *
 * - 'none': the echo of our own call, news of an order that is not ours, or nothing that matters now.
 * - 'signal': its order waits for its customer to confirm exactly this payment.
 * - 'late': the order has given up on the payment, and money is held or taken all the same.
 * - 'wait': the order does not know the payment yet, or has not said what it makes of it.
 *
 * A payment that the order has as authorized is its own: it voids or refunds it itself, so that it is
 * never late. An order has given up on a payment when it ended as cancelled, rejected or failed, or when
 * it went on to a refusal after asking the customer to confirm this one. What an ended order took back
 * covers every payment that it did not know and that was made before; the second that is added is that
 * of the provider's clock, which counts whole ones.
 */
const meaning = sql`
  create function orders.payment_event_meaning(
    p_order_id text, p_payment_id text, p_outcome text, p_happened_at timestamptz,
    p_received_at timestamptz
  ) returns text language plpgsql stable as $$
  declare
    patience constant interval := '15 minutes';
    current record;
    is_own boolean;
    asked_at integer;
    refused_at integer;
    taken_back_at timestamptz;
  begin
    select status, stage into current from orders.orders where id = p_order_id;
    if not found then
      return 'none';
    end if;
    select
      bool_or(type in ('payment.authorized', 'payment.late') and data ->> 'paymentId' = p_payment_id),
      max(sequence) filter (
        where type = 'payment.action_required' and data ->> 'paymentId' = p_payment_id),
      max(sequence) filter (where type in ('payment.declined', 'payment.action_failed')),
      max(at) filter (where type in ('payment.voided', 'payment.refunded'))
      into is_own, asked_at, refused_at, taken_back_at
      from orders.timeline where order_id = p_order_id and type like 'payment.%';

    if is_own then
      return 'none';
    elsif refused_at > asked_at then
      return case when p_outcome = 'authorized' then 'late' else 'none' end;
    elsif current.stage = 'confirm_payment' and asked_at is not null then
      return 'signal';
    elsif current.status in ('cancelled', 'rejected', 'failed') then
      return case when p_outcome = 'authorized'
        and (taken_back_at >= p_happened_at + interval '1 second') is not true
        then 'late' else 'none' end;
    elsif current.status = 'delivered' then
      return 'none';
    elsif p_outcome = 'failed' and (asked_at is not null or p_received_at < now() - patience) then
      return 'none';
    end if;
    return 'wait';
  end $$;
`;
