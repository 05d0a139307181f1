import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { retryDeadLetters } from '../../src/db/choreography.js';
import type { OrderId } from '../../src/domain/ids.js';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { parkedLetters } from '../../src/events/parked-letters.js';
import { makeDue } from '../events/log-desk.js';
import { ServiceDesk } from './service-desk.js';
import { inOneParcel } from './histories.js';

let desk: ServiceDesk;
let isAway: boolean;
beforeAll(async () => {
  desk = await ServiceDesk.open();
  desk.providers = {
    orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) } as never,
    payments: {
      authorize: () =>
        isAway
          ? Promise.reject(new Error('the provider is away'))
          : Promise.resolve({ kind: 'authorized', paymentId: 'pi_1' }),
    } as never,
  };
});
beforeEach(() => {
  isAway = true;
});
afterAll(() => desk.close());

const tries = 2;

/** The payment service tries what is due of what it has put aside. */
async function tryAgain(): Promise<void> {
  await makeDue(desk.desk.database);
  await desk.run('payment', tries);
}

async function deadLettered(): Promise<OrderId> {
  const orderId = await desk.order();
  await desk.desk.tell(orderId, inOneParcel);
  await desk.run('payment', tries);
  await tryAgain();
  return orderId;
}

async function letterOf(orderId: OrderId): Promise<string> {
  const [letter] = await parkedLetters.list(desk.desk.database, { orderId }, { limit: 1 });
  return letter!.id;
}

const item = { reason: 'service_gave_up', subject: 'payment:inventory.reserved', owner: 'support' };
const quiet = { needsAttention: false, attention: [] };

describe('an event that a service has given up', () => {
  test('is nobody’s work while it is tried', async () => {
    const orderId = await desk.order();
    await desk.desk.tell(orderId, inOneParcel);
    await desk.run('payment', tries);
    expect(await desk.row(orderId)).toMatchObject(quiet);
  });

  test('is a person’s work when its tries are used up', async () => {
    const orderId = await deadLettered();
    expect(await desk.row(orderId)).toMatchObject({ needsAttention: true, attention: [item] });
  });

  test('is so also when the first try is the last', async () => {
    const orderId = await desk.order();
    await desk.desk.tell(orderId, inOneParcel);
    await desk.run('payment', 1);
    expect(await desk.row(orderId)).toMatchObject({ needsAttention: true, attention: [item] });
  });

  test('is the same work when it is replayed in vain', async () => {
    const orderId = await deadLettered();
    await parkedLetters.replay(desk.desk.database, await letterOf(orderId), { by: 'ada' });
    await tryAgain();
    await tryAgain();
    expect((await desk.row(orderId)).attention).toMatchObject([item]);
    const raised = (await desk.types(orderId)).filter((type) => type === 'attention.raised');
    expect(raised).toHaveLength(1);
  });

  test('needs nobody any more once it is replayed with success', async () => {
    const orderId = await deadLettered();
    await parkedLetters.replay(desk.desk.database, await letterOf(orderId), { by: 'ada' });
    expect((await desk.row(orderId)).needsAttention).toBe(true);
    isAway = false;
    await tryAgain();
    expect(await desk.row(orderId)).toMatchObject(quiet);
    expect(await desk.types(orderId)).toContain('payment.authorized');
  });

  test('needs nobody any more once it is discarded', async () => {
    const orderId = await deadLettered();
    const decision = { by: 'ada', reason: 'not needed' };
    await parkedLetters.discard(desk.desk.database, await letterOf(orderId), decision);
    await tryAgain();
    expect(await desk.row(orderId)).toMatchObject(quiet);
    expect(await desk.types(orderId)).not.toContain('payment.authorized');
  });

  test('needs nobody any more when a cancel has made it needless', async () => {
    const orderId = await deadLettered();
    await desk.desk.tell(orderId, { type: 'compensation.started', cause: 'cancelled', undos: [] });
    await retryDeadLetters(desk.desk.database, orderId);
    // What it hears of the cancel itself needs more of a provider than this one has.
    await tryAgain();
    const reasons = (await desk.row(orderId)).attention.map(({ subject }) => subject);
    expect(reasons).not.toContain(item.subject);
  });
});

test('what a team has given up calls nobody to the order', async () => {
  const orderId = await desk.order();
  await desk.desk.publishAll();
  const team = { name: 'a_team', apply: () => Promise.reject(new Error('not ours')) };
  const rules = { batchSize: 1, maxAttempts: 1 };
  while ((await consumerRound(desk.desk.database, team, rules)).hasMore);
  expect(await letterOf(orderId)).toMatch(/^dlt_/);
  expect(await desk.row(orderId)).toMatchObject(quiet);
});
