import { sql } from 'kysely';
import type { Response } from 'supertest';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import type { Fact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import type { ServiceName } from '../../src/domain/services.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { resolveItem } from '../api/attention-items.js';
import { makeDue } from '../events/event-log.js';
import { useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';
import { authorized, eur, inOneParcel } from './histories.js';
import { labelOf, parcelOf, useServices } from './use-services.js';

/** Whose provider refuses everything. */
let refused: ServiceName | undefined;
const refunds: unknown[] = [];
const answerOf = (service: ServiceName, answer: object) => () =>
  refused === service ? Promise.reject(new Error('the provider refuses')) : Promise.resolve(answer);
const services = useServices({
  orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) },
  payments: {
    authorize: answerOf('payment', { kind: 'authorized', paymentId: 'pi_1' }),
    voidAuthorization: answerOf('payment', { kind: 'undone' }),
    capture: () => Promise.resolve({ kind: 'captured' }),
    refund: (request: unknown) => {
      refunds.push(request);
      return Promise.resolve({ kind: 'undone' });
    },
  },
  carrier: { voidLabel: answerOf('shipping', { kind: 'undone' }) },
});
beforeEach(() => {
  refused = undefined;
  refunds.length = 0;
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

async function compensate(orderId: OrderId): Promise<string> {
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
    expect(await compensate(orderId)).toBe('cancelled');
    expect(await services.types(orderId)).toContain('inventory.released');
    expect(await letters(orderId)).toEqual([]);
    expect((await services.row(orderId)).needsAttention).toBe(false);
  });

  test.each([
    ['waived, with a reason', 'payment', 'waive', false],
    ['resolved for each label that was not voided', 'shipping', 'mark_done', true],
  ] as const)('can be %s', async (_title, service, choice, isLabelled) => {
    const { orderId, itemId } = await stuck(service, isLabelled);
    await resolveItem(api, itemId, { choice }).expect(200);
    expect(await compensate(orderId)).toBe('cancelled');
  });

  test('is retried when a person decides so, and raises another item when that fails', async () => {
    const { orderId, itemId } = await stuck('payment');
    await resolveItem(api, itemId, { choice: 'retry' }).expect(200);
    await compensate(orderId);
    const [again] = (await services.row(orderId)).attention;
    expect(again!.id).not.toBe(itemId);
    refused = undefined;
    await resolveItem(api, again!.id, { choice: 'retry' }).expect(200);
    expect(await compensate(orderId)).toBe('cancelled');
    expect(await services.types(orderId)).toContain('payment.voided');
  });

  test('is resolved once, however often and by however many people that is decided', async () => {
    const { orderId, itemId } = await stuck('payment');
    const markDone = () => resolveItem(api, itemId, { choice: 'mark_done' });
    const answers = await Promise.all([markDone(), markDone(), markDone()]);
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
  await services.passTime(orderId, 60_000);
  const [item] = (await services.row(orderId)).attention;
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await resolveItem(api, item!.id, { choice: 'wait' }).expect(200);
  await services.clock();
  expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
});

/** A paid parcel that the carrier has, with no scan for too long. */
async function silent(): Promise<{ readonly orderId: OrderId; readonly itemId: string }> {
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel);
  await services.run('payment');
  await services.log.append(orderId, labelOf(orderId));
  await services.run('payment');
  const shipmentId = parcelOf(orderId);
  await services.log.append(orderId, { type: 'shipment.handed_over', shipmentId });
  await services.run('order');
  await services.passTime(orderId, serviceLevels.standard.delivery.escalateMs);
  const [item] = (await services.row(orderId)).attention;
  expect(item).toMatchObject({ reason: 'not_delivered', choices: ['wait', 'refund'] });
  return { orderId, itemId: item!.id };
}

/** First the money, then the order's end, and at last the order's row. */
async function continueOrder(): Promise<void> {
  for (const name of ['payment', 'order', 'order'] as const) await services.run(name);
}

/** Keeps the order under lock until so many wait for it, who have all seen the item open. */
async function inTheSameMoment(orderId: OrderId, count: number, say: () => Promise<Response>) {
  const { database } = services.log;
  const held = await database.startTransaction().execute();
  await sql`select from orders.orders where id = ${orderId} for update`.execute(held);
  const answers = Promise.all(Array.from({ length: count }, say));
  const waiting = async () => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database);
    return rows.length;
  };
  await waitFor(`${count} blocked transactions`, async () => (await waiting()) === count);
  await held.commit().execute();
  return answers;
}

describe('a parcel without scans, for which a person decides', () => {
  test('counts as lost when it is refunded', async () => {
    const { orderId, itemId } = await silent();
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'refund' });
    await continueOrder();
    expect(refunds).toMatchObject([{ orderId, amount: eur(1_500), scope: 'part' }]);
    expect(await services.row(orderId)).toMatchObject({ status: 'failed', needsAttention: false });
  });

  test('cannot be refunded when it has arrived meanwhile', async () => {
    const { orderId, itemId } = await silent();
    const shipmentId = parcelOf(orderId);
    await services.log.append(orderId, { type: 'shipment.delivered', shipmentId });
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(409);
    expect(body.code).toBe('attention_resolved');
    await continueOrder();
    expect(refunds).toEqual([]);
    const delivered = { status: 'delivered', needsAttention: false };
    expect(await services.row(orderId)).toMatchObject(delivered);
  });

  test('is refunded once when it is decided twice in the same moment, and both get the answer', async () => {
    const { orderId, itemId } = await silent();
    const answers = await inTheSameMoment(orderId, 2, () =>
      resolveItem(api, itemId, { choice: 'refund' }),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await resolveItem(api, itemId, { choice: 'refund', by: 'ops-2' }).expect(409);
    expect(await services.count(orderId, 'shipment.lost')).toBe(1);
    await services.run('payment');
    expect(refunds).toHaveLength(1);
  });
});
