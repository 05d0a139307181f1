import { allRows } from '../../../src/db/database.js';
import { beforeEach, describe, expect, test } from 'vitest';
import { sendDueMessages } from '../../../src/temporal/messages.js';
import type { Fact } from '../../../src/domain/facts.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { money } from '../../../src/domain/money.js';
import type { OrderState } from '../../../src/domain/order-state.js';
import { away, placeOrder, stripeSignature, useTestApi } from '../../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let events = 0;
beforeEach(async () => {
  await api.run`delete from orders.messages`;
});

const amount = money(1_780, 'EUR');
const until = '2030-01-01T00:00:00.000Z';
const asked = (paymentId: string): Fact => ({ type: 'payment.action_required', paymentId, until });
const own = (paymentId: string): Fact => ({ type: 'payment.authorized', paymentId, amount });
const confirming = { status: 'awaiting_payment', stage: 'confirm_payment' } as const;
const cancelled = { status: 'cancelled', stage: 'done' } as const;
const rejected = { status: 'rejected', stage: 'done' } as const;

/** An order that has these facts behind it and stands like this. */
async function anOrder(facts: readonly Fact[], state: Partial<OrderState> = {}): Promise<OrderId> {
  const { id } = await placeOrder(api);
  await api.write(id, facts, state);
  return id;
}

const { write } = api;

type Outcome = 'amount_capturable_updated' | 'succeeded' | 'payment_failed' | 'canceled';

const paid = 'amount_capturable_updated';

const report = (orderId: string, paymentId = 'pi_a', outcome: Outcome = paid, aheadSeconds = 0) =>
  JSON.stringify({
    id: `evt_${(events += 1)}`,
    type: `payment_intent.${outcome}`,
    created: Math.floor(Date.now() / 1_000) + aheadSeconds,
    data: { object: { id: paymentId, metadata: { order_id: orderId } } },
  });

const post = (body: string) =>
  api.post('/webhooks/payments', body).set('Stripe-Signature', stripeSignature(body)).expect(200);

/** An order to which a payment is reported. */
async function reported(
  facts: readonly Fact[] = [asked('pi_a')],
  state: Partial<OrderState> = confirming,
  ...more: [outcome?: Outcome, aheadSeconds?: number]
): Promise<OrderId> {
  const orderId = await anOrder(facts, state);
  await post(report(orderId, 'pi_a', ...more));
  return orderId;
}

const relay = async () => {
  await api.timePasses(10);
  await sendDueMessages(api.database, workflows, 100);
};

const open = async (): Promise<number> => {
  const rows = await allRows(api.database)`
    select from orders.messages where state = 'waiting'`;
  return rows.length;
};

describe('a payment that its order waits for', () => {
  test.each([
    ['amount_capturable_updated', 'authorized'],
    ['payment_failed', 'failed'],
    ['canceled', 'failed'],
  ] as const)('is reported to the workflow: %s', async (type, outcome) => {
    const orderId = await anOrder([asked('pi_a')], confirming);
    const body = report(orderId, 'pi_a', type);
    await post(body);
    const { id: eventId } = JSON.parse(body) as { id: string };
    const event = { eventId, paymentId: 'pi_a', outcome };
    expect(workflows.signals).toEqual([{ to: orderId, name: 'paymentEvent', argument: event }]);
  });

  test('is reported once when the event comes before our own call has returned', async () => {
    const orderId = await reported([], {});
    await relay();
    expect(workflows.signals).toEqual([]);
    await write(orderId, [asked('pi_a')], confirming);
    await api.timePasses();
    await relay();
    expect(workflows.signals).toMatchObject([{ to: orderId, name: 'paymentEvent' }]);
  });

  test('is reported again until the order has an answer, and then no more', async () => {
    const orderId = await reported();
    await relay();
    expect(workflows.signals).toHaveLength(2);
    await write(orderId, [own('pi_a')], { status: 'confirmed', stage: 'create_shipment' });
    await relay();
    expect(workflows.signals).toHaveLength(2);
    expect(await open()).toBe(0);
  });
});

describe('an echo of our own calls is signalled to no workflow', () => {
  test.each([
    ['when we know the payment', true],
    ['when it overtakes the answer', false],
  ])('%s', async (_case, isKnownBefore) => {
    const orderId = await anOrder(isKnownBefore ? [own('pi_a')] : []);
    await post(report(orderId));
    if (!isKnownBefore) await write(orderId, [own('pi_a')]);
    await post(report(orderId, 'pi_a', 'succeeded'));
    await relay();
    expect([workflows.signals, workflows.latePayments, await open()]).toEqual([[], [], 0]);
  });

  test('and the one of a decline is forgotten after a while', async () => {
    const declined: Fact = { type: 'payment.declined', code: 'card_declined' };
    await reported([declined], {}, 'payment_failed');
    await relay();
    expect(await open()).toBe(1);
    await api.timePasses(960);
    await relay();
    expect([workflows.signals, await open()]).toEqual([[], 0]);
  });
});

describe('an event of another order has no effect', () => {
  test('when the order does not exist', async () => {
    await post(report('ord_01kaj5zhb8fzv8pj542gvfbewm', 'pi_a'));
    await relay();
    expect([workflows.signals, workflows.latePayments, await open()]).toEqual([[], [], 0]);
  });

  test('when the order that is named waits for another payment', async () => {
    const orderId = await anOrder([asked('pi_a')], confirming);
    await post(report(orderId, 'pi_b'));
    await post(report(orderId, 'pi_b', 'payment_failed'));
    await relay();
    expect([workflows.signals, workflows.latePayments]).toEqual([[], []]);
  });
});

describe('a payment that comes after its order gave up on it is given back', () => {
  const voided: Fact = { type: 'payment.voided' };
  const declined: Fact = { type: 'payment.declined', code: 'authentication_required' };

  test.each([
    ['the order was rejected', [asked('pi_a')], rejected],
    ['the order took back what it knew before', [own('pi_b'), voided], cancelled],
    ['the customer had said no first', [asked('pi_a'), declined], { stage: 'retry_payment' }],
    ['another payment is asked for now', [asked('pi_a'), declined, asked('pi_b')], confirming],
  ] as const)('when %s', async (_case, facts, state) => {
    const orderId = await reported(facts, state, paid, 2);
    expect(workflows.latePayments).toEqual([{ orderId, paymentId: 'pi_a' }]);
    expect([workflows.signals, await open()]).toEqual([[], 0]);
  });

  test('when it was paid, too', async () => {
    const orderId = await reported(undefined, rejected, 'succeeded');
    expect(workflows.latePayments).toEqual([{ orderId, paymentId: 'pi_a' }]);
  });

  test('when the order ends after the report', async () => {
    const orderId = await reported(undefined, { status: 'compensating', stage: 'undo' });
    await relay();
    expect(workflows.latePayments).toEqual([]);
    await write(orderId, [], cancelled);
    await relay();
    expect(workflows.latePayments).toEqual([{ orderId, paymentId: 'pi_a' }]);
  });

  test('by the relay when Temporal was away', async () => {
    workflows.startAnswer = { kind: 'not_started', cause: away };
    await reported(undefined, rejected);
    expect(await open()).toBe(1);
    workflows.startAnswer = { kind: 'already_started' };
    await relay();
    expect(await open()).toBe(0);
  });

  test.each([
    ['is its own, which it voids itself', [own('pi_a'), voided], cancelled],
    ['is its own, of an order whose parcel was lost', [own('pi_a')], { status: 'failed' }],
    ['was made before the order took everything back', [asked('pi_a'), voided], cancelled],
    [
      'was given back already',
      [asked('pi_a'), { type: 'payment.late', paymentId: 'pi_a', settled: 'voided' }],
      rejected,
    ],
  ] as const)('but not when it %s', async (_case, facts, state) => {
    await reported(facts, state, paid, -60);
    await relay();
    expect([workflows.latePayments, await open()]).toEqual([[], 0]);
  });

  test('but not when it failed after all', async () => {
    await reported(undefined, rejected, 'payment_failed');
    expect([workflows.latePayments, await open()]).toEqual([[], 0]);
  });
});
