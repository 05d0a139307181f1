import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { openDatabase } from '../../src/db/database.js';
import type { Fact } from '../../src/domain/facts.js';
import type { ServiceName } from '../../src/domain/services.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { resolveItem } from '../api/attention-items.js';
import { useTestApi } from '../support/test-api.js';
import { makeDue } from '../events/event-log.js';
import { labelOf, useServices } from './use-services.js';
import { authorized, inOneParcel } from './histories.js';

/** Whose provider refuses everything. */
let refused: ServiceName | undefined;
const answerTo = (service: ServiceName) => () =>
  refused === service
    ? Promise.reject(new Error('the provider refuses'))
    : Promise.resolve({ kind: 'undone' });
const services = useServices({
  payments: { voidAuthorization: answerTo('payment'), authorize: answerTo('payment') },
  carrier: { voidLabel: answerTo('shipping') },
  orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) },
});
const api = useTestApi(() => ({
  database: openDatabase({ url: services.log.url, poolSize: 4 }),
}));

const others: readonly Fact[] = [{ type: 'points.revoked' }, { type: 'delivery_partner.released' }];

/** A cancelled order whose service could not compensate its part. */
async function stuck(
  service: 'payment' | 'shipping',
  isLabelled = false,
): Promise<{ readonly orderId: OrderId; readonly itemId: string }> {
  refused = service;
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
  if (isLabelled) await services.log.append(orderId, labelOf(orderId));
  await services.log.append(
    orderId,
    { type: 'order.cancel_requested', by: 'ada', reason: 'no more' },
    { type: 'compensation.started', cause: 'cancelled', undos: ['voidAuthorization'] },
    ...others,
  );
  await services.run(service, 1);
  const [item] = (await services.row(orderId)).attention;
  expect(item).toMatchObject({ reason: 'service_gave_up' });
  return { orderId, itemId: item!.id };
}

async function continueOrder(orderId: OrderId): Promise<string> {
  for (const name of ['payment', 'shipping', 'inventory', 'order'] as const) {
    await makeDue(services.log.database);
    await services.run(name, 1);
  }
  await services.run('order');
  return (await services.row(orderId)).status;
}

const letters = (orderId: OrderId) =>
  consumerDeadLetters.list(services.log.database, { orderId }, { limit: 10 });

describe('a compensation that became a dead letter', () => {
  test('counts as done when a person says so, and the order comes to its end', async () => {
    const { orderId, itemId } = await stuck('payment');
    const { body } = await resolveItem(api, itemId, { choice: 'mark_done' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'mark_done' });
    expect(await continueOrder(orderId)).toBe('cancelled');
    expect(await services.types(orderId)).toContain('inventory.released');
    expect(await letters(orderId)).toEqual([]);
    expect((await services.row(orderId)).needsAttention).toBe(false);
  });

  test('can be waived, with a reason', async () => {
    const { orderId, itemId } = await stuck('payment');
    await resolveItem(api, itemId, { choice: 'waive' }).expect(200);
    expect(await continueOrder(orderId)).toBe('cancelled');
  });

  test('is resolved for each label that was not voided', async () => {
    const { orderId, itemId } = await stuck('shipping', true);
    await resolveItem(api, itemId, { choice: 'mark_done' }).expect(200);
    expect(await continueOrder(orderId)).toBe('cancelled');
  });

  test('is retried when a person decides so, and raises another item when that fails', async () => {
    const { orderId, itemId } = await stuck('payment');
    await resolveItem(api, itemId, { choice: 'retry' }).expect(200);
    await continueOrder(orderId);
    const [again] = (await services.row(orderId)).attention;
    expect(again!.id).not.toBe(itemId);
    refused = undefined;
    await resolveItem(api, again!.id, { choice: 'retry' }).expect(200);
    expect(await continueOrder(orderId)).toBe('cancelled');
    expect(await services.types(orderId)).toContain('payment.voided');
  });

  test('is resolved once, however often and by however many people that is decided', async () => {
    const { orderId, itemId } = await stuck('payment');
    const say = () => resolveItem(api, itemId, { choice: 'mark_done' });
    const answers = await Promise.all([say(), say(), say()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await resolveItem(api, itemId, { choice: 'mark_done', by: 'ops-2' }).expect(409);
    expect(await services.count(orderId, 'undo.settled')).toBe(1);
  });

  test('cannot be resolved while its dead letter is replayed', async () => {
    const { orderId, itemId } = await stuck('payment');
    const [letter] = await letters(orderId);
    await consumerDeadLetters.replay(services.log.database, letter!.id, { by: 'ops-2' });
    const before = await services.types(orderId);
    const { body } = await resolveItem(api, itemId, { choice: 'mark_done' }).expect(409);
    expect(body.code).toBe('dead_letter_in_wrong_state');
    expect(await services.types(orderId)).toEqual(before);
    expect((await services.row(orderId)).needsAttention).toBe(true);
  });
});

test('a dead letter of no compensation cannot be marked as done, and stays open', async () => {
  refused = 'payment';
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel);
  await services.run('payment', 1);
  const [item] = (await services.row(orderId)).attention;
  expect(item!.choices).toEqual(['retry']);
  const { body } = await resolveItem(api, item!.id, { choice: 'mark_done' }).expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/choice' }]);
  expect(await letters(orderId)).toHaveLength(1);
  expect((await services.row(orderId)).needsAttention).toBe(true);
});

test('a parcel without scans can be waited for without a workflow', async () => {
  const orderId = await services.labelled('demo');
  await services.pass(orderId, 60_000);
  await services.clock();
  const [item] = (await services.row(orderId)).attention;
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await services.clock();
  expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
});
