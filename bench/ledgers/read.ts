import type pg from 'pg';
import { z } from 'zod';
import { getJson } from '../../src/up/json-client.js';
import type { System } from '../harness/system.js';
import { waitsOfOrder } from '../harness/watch.js';
import type { Evidence, Expected, OwnLedger } from './rules.js';

type OthersLedger = (orderId: string) => Pick<Evidence, 'bookings' | 'parcels' | 'messages'>;

/**
 * @param hasLog whether facts have to become events
 * @returns what all ledgers say of one of these orders
 */
export async function readLedgers(system: System, orderIds: readonly string[], hasLog: boolean) {
  const others = await readOthers(system);
  const own = await ownLedgersOf(system.pool, orderIds);
  const ledgers = new Map(own.map((row) => [row.orderId, row]));
  return <Sent extends Expected>(sent: Sent) => {
    const own = ledgers.get(sent.orderId);
    if (own === undefined) throw new Error(`${sent.orderId} was accepted and is not there`);
    return { ...own, ...(!hasLog && { unpublished: 0 }), ...others(sent.orderId), ...sent };
  };
}

/** What the service's own tables say of these orders. */
export const ownLedgersOf = async (
  pool: pg.Pool,
  orderIds: readonly string[],
): Promise<readonly OwnLedger[]> => (await pool.query<OwnLedger>(ownLedger, [orderIds])).rows;

const ownLedger = `
  select o.id as "orderId", o.status,
    (select count(distinct seller_id)::integer from orders.lines l where l.order_id = o.id)
      as sellers,
    (select coalesce(json_agg(json_build_object('warehouseId', warehouse_id, 'state', state)), '[]')
      from inventory.hold_lines h where h.hold_id = o.id) as holds,
    (select count(*)::integer from loyalty.ledger p where p.order_id = o.id and kind = 'award')
      as awards,
    (select coalesce(sum(points), 0)::integer from loyalty.ledger p where p.order_id = o.id)
      as points,
    ${waitsOfOrder} as waits,
    (select count(*)::integer from orders.timeline t where t.order_id = o.id and not exists (
      select from events.history e where e.order_id = o.id and e.sequence = t.sequence))
      as unpublished,
    (select json_agg(json_build_object('type', type,
        'atMs', (extract(epoch from at) * 1000)::float8) order by sequence)
      from orders.timeline t where t.order_id = o.id) as facts
  from orders.orders o where o.id = any($1)`;

const entry = z.object({ order_id: z.string().nullable(), sequence: z.number() });

const ledger = z.object({
  payments: z.array(
    entry.extend({
      kind: z.enum(['authorize', 'capture', 'void', 'refund', 'decline']),
      amount: z.number(),
      idempotency_key: z.string().nullable(),
    }),
  ),
  labels: z.array(entry.extend({ kind: z.enum(['buy', 'void']), tracking_number: z.string() })),
  messages: z.array(entry.extend({ template: z.string().nullable() })),
});

type Ledger = z.infer<typeof ledger>;

async function readOthers({ sandboxUrl, sandboxPool }: System): Promise<OthersLedger> {
  const { payments, labels, messages } = await readLedger(sandboxUrl);
  const statuses = await parcelStatuses(sandboxPool, labels);
  const voided = labels.filter(({ kind }) => kind === 'void').map((label) => label.tracking_number);
  return (id) => {
    const isOwn = (item: { readonly order_id: string | null }) => item.order_id === id;
    const bought = labels.filter(({ kind }) => kind === 'buy').filter(isOwn);
    return {
      bookings: payments.filter(isOwn).map(({ kind, amount, idempotency_key }) => ({
        kind,
        amount,
        idempotencyKey: idempotency_key,
      })),
      parcels: bought.map(({ tracking_number: number }) => {
        const status = statuses.get(number) ?? 'unknown';
        const isVoided = voided.includes(number);
        return { isVoided, isGone: gone.includes(status), isDelivered: status === 'delivered' };
      }),
      messages: messages.filter(isOwn).map(({ template }) => template ?? ''),
    };
  };
}

const pageSize = 10_000;

async function readLedger(sandboxUrl: string): Promise<Ledger> {
  const all: Ledger = { payments: [], labels: [], messages: [] };
  for (let after = 0; ;) {
    const url = `${sandboxUrl}/control/ledger?after=${after}&limit=${pageSize}`;
    const page = ledger.parse(await getJson(url));
    all.payments.push(...page.payments);
    all.labels.push(...page.labels);
    all.messages.push(...page.messages);
    const entries = [...page.payments, ...page.labels, ...page.messages];
    if (entries.length < pageSize) return all;
    after = Math.max(...entries.map(({ sequence }) => sequence));
  }
}

const gone = 'in_transit out_for_delivery delivered return_to_sender failure'.split(' ');

async function parcelStatuses(pool: pg.Pool, labels: Ledger['labels']) {
  const { rows } = await pool.query<{ code: string; status: string }>(
    `select body ->> 'tracking_code' as code, body ->> 'status' as status
      from sandbox.objects where kind = 'tracker' and body ->> 'tracking_code' = any($1)`,
    [labels.map((label) => label.tracking_number)],
  );
  return new Map(rows.map(({ code, status }) => [code, status]));
}

/**
 * Where the ledgers of the stock do not agree: what is held must be what live holds hold, and what is on
 * hand what came in less what went out; so no more is ever sold than there was.
 */
export async function stockDifferences(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ place: string }>(`
    select i.sku || ' in ' || i.warehouse_id as place from inventory.items i
    where i.held <> (
        select coalesce(sum(h.quantity), 0) from inventory.hold_lines h
        where h.sku = i.sku and h.warehouse_id = i.warehouse_id and h.state = 'held')
      or i.on_hand < 0
      or i.on_hand <> (
        select coalesce(sum(case when m.kind in ('receipt', 'restock') then m.quantity
          when m.kind = 'issue' then -m.quantity else 0 end), 0)
        from inventory.movements m where m.sku = i.sku and m.warehouse_id = i.warehouse_id)`);
  return rows.map(({ place }) => place);
}
