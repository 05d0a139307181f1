import type { Fact, FactType } from '../domain/facts.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import { money, type Currency } from '../domain/money.js';
import type { OrderState } from '../domain/order-state.js';
import type { RefundShare } from '../domain/refund-shares.js';
import { deliveredGoods, type DeliveredGoods, type KnownReturn } from '../domain/returnable.js';
import type { KeyClaim, StoredAnswer } from './acceptance.js';
import { execute, firstRow, oneRow, type Database } from './database.js';
import { appendFacts } from './order-facts.js';
import type { OrderRecord } from './orders.js';
import type { ReturnRecord, ReturnRecordLine } from './returns.js';

type OrderFields = 'statusSince' | 'serviceLevel' | 'currency' | 'shippingMinor';

interface LockedOrder extends Omit<OrderState, 'tally'>, Pick<OrderRecord, OrderFields> {
  /** The database's clock. */
  readonly now: Date;
}

/** What decides about an order's returns, while its row is locked. */
export interface ReturnBasis {
  readonly order: LockedOrder;
  readonly orderedSkus: ReadonlySet<string>;
  readonly goods: DeliveredGoods;
  /** Of the types that returns depend on, in their order. */
  readonly facts: readonly Fact[];
  readonly returns: readonly (KnownReturn & { readonly id: ReturnId })[];
}

const neededTypes: readonly FactType[] = [
  'inventory.reserved',
  'shipment.replaced',
  'shipment.delivered',
  'payment.authorized',
  'payment.captured',
  'payment.refunded',
];

/**
 * Locks the order's row, so that its returns are decided one after the other, and reads what they are
 * decided by. Inside a transaction only. @returns undefined when there is no such order
 */
export async function lockReturnBasis(
  transaction: Database,
  orderId: OrderId,
): Promise<ReturnBasis | undefined> {
  const order = await lockOrder(transaction, orderId);
  if (order === undefined) return undefined;
  const { lines, facts, returns } = await readRows(transaction, orderId);
  const { currency, shippingMinor } = order;
  const charged = lines.map((line) => withAmount(line, currency));
  const shipping = money(shippingMinor, currency);
  return {
    order,
    facts,
    orderedSkus: new Set(lines.map(({ sku }) => sku)),
    goods: deliveredGoods({ orderId, lines: charged, shipping, facts }),
    returns: returns.map((row) => ({
      ...row,
      lines: row.lines.map((line) => withAmount(line, currency)),
    })),
  };
}

const lockOrder = (transaction: Database, orderId: OrderId) => firstRow<LockedOrder>(transaction)`
    select status, stage, payment_status as "paymentStatus",
      fulfillment_status as "fulfillmentStatus", status_since as "statusSince",
      service_level as "serviceLevel", currency, shipping_minor as "shippingMinor",
      clock_timestamp() as now
    from orders.orders where id = ${orderId} for update`;

type LineRow = Pick<ReturnRecordLine, 'sku' | 'quantity' | 'amountMinor'>;

interface ReturnRow extends Pick<ReturnRecord, 'id' | 'status'> {
  readonly refunds: readonly RefundShare[] | null;
  readonly lines: readonly Omit<ReturnRecordLine, 'reason'>[];
}

interface Rows {
  readonly lines: readonly LineRow[];
  readonly facts: readonly Fact[];
  readonly returns: readonly ReturnRow[];
}

/** A statement of its own: only one that begins after the lock sees what was written before it. */
const readRows = (transaction: Database, orderId: OrderId) => oneRow<Rows>(transaction)`
    select
      (select json_agg(json_build_object('sku', sku, 'quantity', quantity,
          'amountMinor', amount_minor) order by line_number)
        from orders.lines where order_id = ${orderId}) as lines,
      (select coalesce(json_agg(data || jsonb_build_object('type', type) order by sequence), '[]')
        from orders.history where order_id = ${orderId} and type = any(${neededTypes})) as facts,
      (select coalesce(json_agg(json_build_object('id', r.id, 'status', r.status,
          'refunds', r.refunds,
          'lines', (select json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity,
              'amountMinor', l.amount_minor, 'restocked', l.restocked, 'scrapped', l.scrapped,
              'refused', l.refused) order by l.line_number)
            from orders.return_lines l where l.return_id = r.id))
          order by r.created_at, r.id), '[]')
        from orders.returns r where r.order_id = ${orderId}) as returns`;

const withAmount = <Line extends LineRow>({ amountMinor, ...line }: Line, currency: Currency) => ({
  ...line,
  amount: money(amountMinor, currency),
});

type AskedFields =
  'id' | 'orderId' | 'kind' | 'status' | 'requestedBy' | 'approval' | 'amountMinor' | 'currency';

export interface NewReturn extends Pick<ReturnRecord, AskedFields | 'createdAt'> {
  readonly lines: readonly Pick<ReturnRecordLine, 'sku' | 'quantity' | 'amountMinor' | 'reason'>[];
}

export type HeldKey =
  | { readonly kind: 'free' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'used'; readonly answer: StoredAnswer };

/** Keeps a second request with the key out until the transaction ends, without making it wait. */
export async function holdKey(transaction: Database, key: string): Promise<HeldKey> {
  const gate = await oneRow<{ open: boolean }>(transaction)`
    select pg_try_advisory_xact_lock(hashtextextended(${key}, 0)) as open`;
  if (!gate.open) return { kind: 'busy' };
  const answer = await firstRow<StoredAnswer>(transaction)`
    select fingerprint, order_id as "orderId", response
    from orders.idempotency where key = ${key}`;
  return answer === undefined ? { kind: 'free' } : { kind: 'used', answer };
}

/** The return, its lines and the fact in its order's timeline. */
export async function insertReturn(transaction: Database, asked: NewReturn): Promise<void> {
  await execute(transaction)`
    with made as (
      insert into orders.returns (id, order_id, kind, status, status_since, requested_by, approval,
        amount_minor, currency, created_at)
      values (${asked.id}, ${asked.orderId}, ${asked.kind}, ${asked.status}, ${asked.createdAt},
        ${asked.requestedBy}, ${JSON.stringify(asked.approval)}::jsonb, ${asked.amountMinor},
        ${asked.currency}, ${asked.createdAt})
      returning id
    )
    insert into orders.return_lines (return_id, line_number, sku, quantity, amount_minor, reason)
    select made.id, line.ordinality, line.value ->> 'sku', (line.value ->> 'quantity')::integer,
      (line.value ->> 'amountMinor')::bigint, line.value ->> 'reason'
    from made, jsonb_array_elements(${JSON.stringify(asked.lines)}::jsonb) with ordinality as line`;
  const fact: Fact = {
    type: 'return.requested',
    returnId: asked.id,
    lines: asked.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  };
  await appendFacts(transaction, asked.orderId, `requestReturn:${asked.id}`, [fact]);
}

/** Keeps the answer for later requests with the key, which the transaction holds. */
export const keepAnswer = (
  transaction: Database,
  orderId: OrderId,
  { key, fingerprint, response }: KeyClaim,
) => execute(transaction)`
    insert into orders.idempotency (key, fingerprint, order_id, response)
    values (${key}, ${fingerprint}, ${orderId}, ${JSON.stringify(response)}::jsonb)`;
