import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { typeid } from 'typeid-js';
import { append } from '../../src/adapters/postgres-journal.js';
import { insertOrder, type NewOrder } from '../../src/db/acceptance.js';
import { isDatabaseUnavailable } from '../../src/db/availability.js';
import type { Database } from '../../src/db/database.js';
import type { Tables } from '../../src/db/tables.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { placed } from '../../src/domain/order-state.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { lifeOf, sellerIds, type Life, type Line } from './lives.js';
import type { Pace } from './pace.js';
import { randomOf } from './random.js';

export interface Writing {
  readonly orders: number;
  /** How many orders are under way at once. */
  readonly writers: number;
  /** At the most so many begin per second. */
  readonly perSecond: number;
  readonly seed: number;
}

/** How far the writers have come. */
export interface Progress {
  begun: number;
  done: number;
  /** Transactions that were held open for a while. */
  held: number;
  /** Transactions that had to be tried again because Postgres was away or cut the connection. */
  retried: number;
}

const againMs = 100;
const giveUpMs = 120_000;

/** What must be there before the first order. */
export async function openShop(database: Database): Promise<void> {
  await sql`insert into orders.sellers (id, name, email)
    select id, id, 'seller@shop.example' from unnest(${[...sellerIds]}::text[]) id
  `.execute(database);
}

/** Writes orders with all that becomes of them, as the API and the workflows do. */
export function startWriters(
  database: Database,
  { orders, writers, perSecond, seed }: Writing,
  pace: Pace,
): { readonly progress: Progress; readonly done: Promise<void> } {
  const startedAt = performance.now();
  const progress: Progress = {
    begun: 0,
    done: 0,
    held: 0,
    retried: 0,
  };
  async function write(): Promise<void> {
    while (progress.begun < orders) {
      const index = progress.begun;
      progress.begun += 1;
      await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
      await pace.untilWreaked(index / orders);
      const orderId: OrderId = typeid('ord').toString();
      await live(database, orderId, lifeOf(randomOf(seed + index), orderId), progress);
      progress.done += 1;
      pace.written(progress.done / orders);
    }
  }
  const done = Promise.all(Array.from({ length: writers }, write)).then(() => undefined);
  return { progress, done };
}

async function live(
  database: Database,
  orderId: OrderId,
  life: Life,
  progress: Progress,
): Promise<void> {
  const order = newOrder(orderId, life);
  const claim = { key: orderId, fingerprint: 'proof', response: {} };
  await commit(database, life.placedHeldMs, progress, async (transaction) => {
    const outcome = await insertOrder(transaction, order, claim);
    if (outcome === 'key_busy') throw new Busy();
  });
  for (const [index, { facts, heldMs }] of life.steps.entries()) {
    await commit(database, heldMs, progress, async (transaction) => {
      await append(transaction, { orderId, key: `step ${index}`, facts });
    });
  }
}

/** The transaction that a lost connection left behind has not ended yet. */
class Busy extends Error {
  override readonly name = 'Busy';
}

/** Tried until it is committed; each part has its key, so a second commit writes nothing. */
async function commit(
  database: Database,
  heldMs: number,
  progress: Progress,
  work: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<void> {
  const end = Date.now() + giveUpMs;
  for (;;) {
    try {
      await database.transaction().execute(async (transaction) => {
        await work(transaction);
        if (heldMs > 0) await sleep(heldMs);
      });
      if (heldMs > 0) progress.held += 1;
      return;
    } catch (error) {
      const isPassing = isDatabaseUnavailable(error) || error instanceof Busy;
      if (!isPassing || Date.now() > end) throw error;
      progress.retried += 1;
      await sleep(againMs);
    }
  }
}

function newOrder(id: OrderId, { customerId, lines }: Life): NewOrder {
  const totalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return {
    id,
    customerId,
    state: placed,
    coordination: 'orchestrated',
    total: money(totalMinor, 'EUR'),
    shippingMinor: 0,
    discountMinor: 0,
    discountCode: null,
    taxBasisPoints: 0,
    policy: defaultPolicy,
    serviceLevel: 'standard',
    verification: { approval: [], code: [] },
    codeChannel: 'email',
    metadata: {},
    createdAt: new Date(),
    lines: lines.map(newLine),
    contact,
  };
}

const newLine = ({ sku, quantity, sellerId, amountMinor }: Line) => ({
  sku,
  quantity,
  sellerId,
  amountMinor,
  title: sku,
  weightGrams: 100,
  unitPriceMinor: amountMinor / quantity,
});

const contact = {
  customerName: 'A Buyer',
  email: 'buyer@shop.example',
  phone: null,
  member: true,
  recipient: 'A Buyer',
  line1: '1 Quay Road',
  line2: null,
  city: 'Hamburg',
  postalCode: '20095',
  country: 'DE',
  paymentMethod: 'pm_card_visa',
};
