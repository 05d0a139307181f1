import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { openDatabase } from '../../src/db/database.js';
import type { Fact } from '../../src/domain/facts.js';
import type { ServiceName } from '../../src/domain/services.js';
import { parkedLetters } from '../../src/events/parked-letters.js';
import { resolveItem } from '../api/attention-items.js';
import { startTestApi, type TestApi } from '../support/test-api.js';
import { makeDue } from '../events/log-desk.js';
import { labelOf, ServiceDesk } from './service-desk.js';
import { authorized, inOneParcel } from './histories.js';

let desk: ServiceDesk;
let api: TestApi;
/** Whose provider refuses everything. */
let refused: ServiceName | undefined;
beforeAll(async () => {
  desk = await ServiceDesk.open();
  const answerTo = (service: ServiceName) => () =>
    refused === service
      ? Promise.reject(new Error('refused for ever'))
      : Promise.resolve({ kind: 'undone' });
  desk.providers = {
    payments: {
      voidAuthorization: answerTo('payment'),
      authorize: answerTo('payment'),
    } as never,
    carrier: { voidLabel: answerTo('shipping') } as never,
    orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) } as never,
  };
  const database = openDatabase({ url: desk.desk.url, poolSize: 4 });
  api = await startTestApi({ database });
});
afterAll(async () => {
  await api.stop();
  await desk.close();
});

const others: readonly Fact[] = [{ type: 'points.revoked' }, { type: 'delivery_partner.released' }];

/** An order that somebody cancelled, and whose service could not take back its part. */
async function stuck(
  service: 'payment' | 'shipping',
  isLabelled = false,
): Promise<{ readonly orderId: OrderId; readonly itemId: string }> {
  refused = service;
  const orderId = await desk.order();
  await desk.desk.tell(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
  if (isLabelled) await desk.desk.tell(orderId, labelOf(orderId));
  await desk.desk.tell(
    orderId,
    { type: 'order.cancel_requested', by: 'ada', reason: 'no more' },
    { type: 'compensation.started', cause: 'cancelled', undos: ['voidAuthorization'] },
    ...others,
  );
  await desk.run(service, 1);
  const [item] = (await desk.row(orderId)).attention;
  expect(item).toMatchObject({ reason: 'service_gave_up' });
  return { orderId, itemId: item!.id };
}

async function goOn(orderId: OrderId): Promise<string> {
  for (const name of ['payment', 'shipping', 'inventory', 'order'] as const) {
    await makeDue(desk.desk.database);
    await desk.run(name, 1);
  }
  await desk.run('order');
  return (await desk.row(orderId)).status;
}

const letters = (orderId: OrderId) =>
  parkedLetters.list(desk.desk.database, { orderId }, { limit: 10 });

describe('an undo that a service has given up', () => {
  test('counts as done when a person says so, and the order comes to its end', async () => {
    const { orderId, itemId } = await stuck('payment');
    const { body } = await resolveItem(api, itemId, { choice: 'mark_done' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'mark_done' });
    expect(await goOn(orderId)).toBe('cancelled');
    expect(await desk.types(orderId)).toContain('inventory.released');
    expect(await letters(orderId)).toEqual([]);
    expect((await desk.row(orderId)).needsAttention).toBe(false);
  });

  test('can be left, for a reason', async () => {
    const { orderId, itemId } = await stuck('payment');
    await resolveItem(api, itemId, { choice: 'waive' }).expect(200);
    expect(await goOn(orderId)).toBe('cancelled');
  });

  test('is settled for each label that was not taken back', async () => {
    const { orderId, itemId } = await stuck('shipping', true);
    await resolveItem(api, itemId, { choice: 'mark_done' }).expect(200);
    expect(await goOn(orderId)).toBe('cancelled');
  });

  test('is tried again when a person wants it so, and calls again when that fails', async () => {
    const { orderId, itemId } = await stuck('payment');
    await resolveItem(api, itemId, { choice: 'retry' }).expect(200);
    await goOn(orderId);
    const [again] = (await desk.row(orderId)).attention;
    expect(again!.id).not.toBe(itemId);
    refused = undefined;
    await resolveItem(api, again!.id, { choice: 'retry' }).expect(200);
    expect(await goOn(orderId)).toBe('cancelled');
    expect(await desk.types(orderId)).toContain('payment.voided');
  });

  test('is settled once, however often and by however many that is said', async () => {
    const { orderId, itemId } = await stuck('payment');
    const say = () => resolveItem(api, itemId, { choice: 'mark_done' });
    const answers = await Promise.all([say(), say(), say()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await resolveItem(api, itemId, { choice: 'mark_done', by: 'ops-2' }).expect(409);
    const settled = (await desk.types(orderId)).filter((type) => type === 'undo.settled');
    expect(settled).toHaveLength(1);
  });

  test('changes nothing while its letter is tried again', async () => {
    const { orderId, itemId } = await stuck('payment');
    const [letter] = await letters(orderId);
    await parkedLetters.replay(desk.desk.database, letter!.id, { by: 'ops-2' });
    const before = await desk.types(orderId);
    const { body } = await resolveItem(api, itemId, { choice: 'mark_done' }).expect(409);
    expect(body.code).toBe('dead_letter_in_wrong_state');
    expect(await desk.types(orderId)).toEqual(before);
    expect((await desk.row(orderId)).needsAttention).toBe(true);
  });
});

test('what is no undo cannot be marked as done, and stays what it was', async () => {
  refused = 'payment';
  const orderId = await desk.order();
  await desk.desk.tell(orderId, inOneParcel);
  await desk.run('payment', 1);
  const [item] = (await desk.row(orderId)).attention;
  expect(item!.choices).toEqual(['retry']);
  const { body } = await resolveItem(api, item!.id, { choice: 'mark_done' }).expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/choice' }]);
  expect(await letters(orderId)).toHaveLength(1);
  expect((await desk.row(orderId)).needsAttention).toBe(true);
});

test('a silent parcel needs no workflow to be waited for', async () => {
  const orderId = await desk.labelled('demo');
  await desk.pass(orderId, 60_000);
  await desk.clock();
  const [item] = (await desk.row(orderId)).attention;
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await desk.clock();
  expect(await desk.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
});
