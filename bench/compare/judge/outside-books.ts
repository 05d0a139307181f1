import { z } from 'zod';
import type pg from 'pg';
import { getJson } from '../../../src/up/json-client.js';
import type { Booking, Message, Parcel } from './evidence.js';

const pageSize = 10_000;

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
  messages: z.array(entry.extend({ template: z.string().nullable(), to: z.string() })),
});

type Ledger = z.infer<typeof ledger>;

/** What the stand-in providers have in their books, by order. */
export interface OutsideBooks {
  bookings(orderId: string): readonly Booking[];
  parcels(orderId: string): readonly Parcel[];
  messages(orderId: string): readonly Message[];
}

/** Reads the sandbox's whole ledger, or what it has of one order, and where its parcels are. */
export async function readOutside(
  sandboxUrl: string,
  sandboxPool: pg.Pool,
  orderId?: string,
): Promise<OutsideBooks> {
  const { payments, labels, messages } = await readLedger(sandboxUrl, orderId);
  const parcels = await readParcels(sandboxPool, labels);
  const booked = byOrder(payments);
  const written = byOrder(messages);
  return {
    parcels: (orderId) => parcels.get(orderId) ?? [],
    bookings: (orderId) =>
      (booked.get(orderId) ?? []).map(({ kind, amount, idempotency_key: idempotencyKey }) => ({
        kind,
        amount,
        idempotencyKey,
      })),
    messages: (orderId) =>
      (written.get(orderId) ?? []).map(({ template, to }) => ({ template: template ?? '', to })),
  };
}

async function readLedger(sandboxUrl: string, orderId?: string): Promise<Ledger> {
  const only = orderId === undefined ? '' : `&order_id=${orderId}`;
  const all: Ledger = { payments: [], labels: [], messages: [] };
  for (let after = 0; ;) {
    const url = `${sandboxUrl}/control/ledger?after=${after}&limit=${pageSize}${only}`;
    const page = ledger.parse(await getJson(url));
    all.payments.push(...page.payments);
    all.labels.push(...page.labels);
    all.messages.push(...page.messages);
    const entries = [...page.payments, ...page.labels, ...page.messages];
    if (entries.length < pageSize) return all;
    after = Math.max(...entries.map(({ sequence }) => sequence));
  }
}

interface Tracked {
  readonly code: string;
  readonly status: string;
}

const gone: readonly string[] = [
  'in_transit',
  'out_for_delivery',
  'delivered',
  'return_to_sender',
  'failure',
];

async function readParcels(
  sandboxPool: pg.Pool,
  labels: Ledger['labels'],
): Promise<ReadonlyMap<string | null, readonly Parcel[]>> {
  const { rows } = await sandboxPool.query<Tracked>(
    `select body ->> 'tracking_code' as code, body ->> 'status' as status
      from sandbox.objects where kind = 'tracker' and body ->> 'tracking_code' = any($1)`,
    [labels.map((label) => label.tracking_number)],
  );
  const statuses = new Map(rows.map(({ code, status }) => [code, status]));
  const voided = new Set(
    labels.filter(({ kind }) => kind === 'void').map((label) => label.tracking_number),
  );
  const parcels = labels
    .filter(({ kind }) => kind === 'buy')
    .map(({ order_id, tracking_number: code }) => {
      const status = statuses.get(code) ?? 'unknown';
      const isDelivered = status === 'delivered';
      return { order_id, isVoided: voided.has(code), isGone: gone.includes(status), isDelivered };
    });
  return byOrder(parcels);
}

function byOrder<Item extends { readonly order_id: string | null }>(
  items: readonly Item[],
): ReadonlyMap<string | null, readonly Item[]> {
  const groups = new Map<string | null, Item[]>();
  for (const item of items) {
    const group = groups.get(item.order_id);
    if (group === undefined) groups.set(item.order_id, [item]);
    else group.push(item);
  }
  return groups;
}
