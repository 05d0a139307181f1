import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { KeyClaim, StoredAnswer } from './acceptance.js';
import { execute, firstRow, oneRow, type Database } from './database.js';
import { appendFacts } from './order-facts.js';
import type { ReturnRecord, ReturnRecordLine } from './returns.js';

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
