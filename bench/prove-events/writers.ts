import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { typeid } from 'typeid-js';
import { append } from '../../src/adapters/postgres-journal.js';
import { insertOrder, type NewOrder } from '../../src/db/acceptance.js';
import { isDatabaseUnavailable } from '../../src/db/availability.js';
import type { Database } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { closedLoop, sleepUntil } from '../harness/load.js';
import { randomOf } from '../harness/random.js';
import type { EventProofOptions } from '../options.js';
import type { Pace } from './faults.js';
import { historyOf, sellerIds, type History } from './orders.js';

/** Transactions that were held open for a while, and those that Postgres made us try again. */
interface Progress {
  done: number;
  held: number;
  retried: number;
}

const giveUpMs = 120_000;

export async function addSellers(database: Database): Promise<void> {
  await sql`insert into orders.sellers (id, name, email)
    select id, id, 'seller@shop.example' from unnest(${[...sellerIds]}::text[]) id
  `.execute(database);
}

export function startWriters(
  database: Database,
  { orders, writers, rate, seed }: EventProofOptions,
  pace: Pace,
) {
  const startedAt = performance.now();
  const progress: Progress = { done: 0, held: 0, retried: 0 };
  const done = closedLoop(orders, writers, async (index) => {
    await sleepUntil(startedAt + (index * 1_000) / rate);
    await pace.waitForFaults(index / orders);
    const orderId: OrderId = typeid('ord').toString();
    await write(database, orderId, historyOf(randomOf(seed + index), orderId), progress);
    progress.done += 1;
    pace.ordersDone = progress.done / orders;
  });
  return { progress, done };
}

async function write(
  database: Database,
  orderId: OrderId,
  history: History,
  progress: Progress,
): Promise<void> {
  const order = newOrder(orderId, history);
  const claim = { key: orderId, fingerprint: 'proof', response: {} };
  await commit(database, history.placedHeldMs, progress, async (transaction) => {
    const outcome = await insertOrder(transaction, order, claim);
    if (outcome === 'key_busy') throw new Busy();
  });
  for (const [index, { facts, heldMs }] of history.steps.entries()) {
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
  work: (transaction: Transaction<unknown>) => Promise<void>,
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
      await sleep(100);
    }
  }
}

const newOrder = (id: OrderId, { customerId, lines, total }: History): NewOrder => ({
  ...{ id, customerId, total, state: placed, coordination: 'orchestrated' },
  ...{ shippingMinor: 0, discountMinor: 0, discountCode: null, taxBasisPoints: 0 },
  ...{ policy: defaultPolicy, serviceLevel: 'standard', codeChannel: 'email', metadata: {} },
  verification: { approval: [], code: [] },
  createdAt: new Date(),
  lines: lines.map((line) => ({
    ...{ ...line, title: line.sku, weightGrams: 100 },
    unitPriceMinor: line.amountMinor / line.quantity,
  })),
  contact: {
    ...{ customerName: 'A Buyer', email: 'buyer@shop.example', phone: null, member: true },
    ...{ recipient: 'A Buyer', line1: '1 Quay Road', line2: null, city: 'Hamburg' },
    ...{ postalCode: '20095', country: 'DE', paymentMethod: 'pm_card_visa' },
  },
});
