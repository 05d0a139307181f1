import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stuckUndo } from '../docs/stuck-undo.js';
import { kinds, RunningStack } from '../support/running-stack.js';
import { waitFor } from '../support/wait-for.js';

let running: RunningStack;
beforeAll(async () => {
  running = await RunningStack.start();
});
beforeEach(() => running.noFaults());
afterAll(() => running.stop());

const buyer = { reason: 'changed my mind', requested_by: 'buyer' };
const cancel = (id: string) => running.post(`/v1/orders/${id}/cancel`, buyer);
const askingCard = { payment_method: 'pm_card_authenticationRequired', service_level: 'demo' };

interface Fact {
  readonly type: string;
  readonly payment_id?: string;
  readonly result?: string;
}

const timelineOf = async (id: string): Promise<readonly Fact[]> =>
  (await running.get<{ data: readonly Fact[] }>('api', `/v1/orders/${id}/timeline`)).data;

/** The customer answers his bank, whatever has become of his order. */
async function confirm(id: string): Promise<Response> {
  const asked = (await timelineOf(id)).find(({ type }) => type === 'payment.action_required');
  expect(asked).toMatchObject({ payment_id: expect.any(String) as string });
  const url = `${running.url('sandbox')}/control/payments/${asked?.payment_id}/authenticate`;
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ outcome: 'succeed' }),
    signal: AbortSignal.timeout(5_000),
  });
}

/** So that an order comes as far as its authorization, and no parcel leaves before it is cancelled. */
const withoutLabels = () =>
  running.fault({ service: 'carrier', operation: 'buy_label', kind: 'down', for_ms: 600_000 });

/** Counts the webhooks that the providers could deliver. */
const delivered = async (): Promise<number> =>
  (await running.get<{ delivered: number }>('sandbox', '/control/webhooks')).delivered;

test('a payment that comes after its order gave up on it is given back', async () => {
  const { id } = await running.placeOrder(askingCard);
  const fault = { service: 'payments', operation: 'void', kind: 'error_500', order_id: id };
  await running.fault({ ...fault, times: 1_000 });
  await running.waitForFact(id, 'compensation.started');
  expect((await confirm(id)).status).toBe(200);
  await running.waitForPayment(id, 'authorize');
  await running.noFaults();
  expect(await running.waitForStatus(id, 'rejected')).toMatchObject({ payment_status: 'voided' });
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'void']);
}, 60_000);

test('a payment that nobody confirmed in time can no longer be made', async () => {
  const { id } = await running.placeOrder(askingCard);
  await running.waitForStatus(id, 'rejected');
  expect((await confirm(id)).status).toBe(404);
  expect((await running.ledger(id)).payments).toEqual([]);
}, 60_000);

test('a webhook that comes before the answer to our call, and twice, has one effect', async () => {
  const before = await delivered();
  const webhooks = { service: 'payments', operation: 'webhook', kind: 'duplicate' };
  await running.fault({ ...webhooks, for_ms: 30_000 });
  for (const operation of ['authorize', 'capture']) {
    await running.fault({ service: 'payments', operation, kind: 'delay', delay_ms: 5_000 });
  }
  const { id } = await running.placeOrder();
  await waitFor('both webhooks', async () => (await delivered()) >= before + 2);
  expect(await running.facts(id)).not.toContain('payment.authorized');
  await running.waitForStatus(id, 'delivered');
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  const facts = await running.facts(id);
  for (const once of ['payment.authorized', 'payment.captured']) {
    expect(facts.filter((fact) => fact === once)).toHaveLength(1);
  }
}, 60_000);

test('an order whose card was declined is paid with another one', async () => {
  const { id } = await running.placeOrder({ payment_method: 'pm_card_visa_chargeDeclined' });
  await running.waitForFact(id, 'payment.method_requested');
  const another = { payment_method: 'pm_card_visa', by: 'buyer' };
  expect((await running.post(`/v1/orders/${id}/retry-payment`, another)).ok).toBe(true);
  await running.waitForStatus(id, 'delivered');
  expect(kinds((await running.ledger(id)).payments)).toEqual(['decline', 'authorize', 'capture']);
});

test('a cancel that overtakes the answer to the charge leaves no charge', async () => {
  await withoutLabels();
  const slow = { service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 1_500 };
  await running.fault(slow);
  const { id } = await running.placeOrder();
  await running.waitForPayment(id, 'authorize');
  expect(await running.facts(id)).not.toContain('payment.authorized');
  expect((await cancel(id)).ok).toBe(true);
  await running.waitForStatus(id, 'cancelled');
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'void']);
});

test('a cancel while the charge backs off takes effect at once, and no charge comes after it', async () => {
  const down = { service: 'payments', operation: 'authorize', kind: 'down' };
  await running.fault({ ...down, for_ms: 600_000 });
  const { id } = await running.placeOrder();
  await running.waitForFact(id, 'inventory.reserved');
  const response = await cancel(id);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'cancelled' });
  await running.noFaults();
  await running.waitForFact(id, 'cancellation.sent');
  expect((await running.ledger(id)).payments).toEqual([]);
});

test('an authorization that was made and never answered is voided without its id', async () => {
  const dropped = { service: 'payments', operation: 'authorize', kind: 'drop_response' };
  await running.fault({ ...dropped, for_ms: 600_000 });
  const { id } = await running.placeOrder();
  await running.waitForPayment(id, 'authorize');
  expect((await cancel(id)).ok).toBe(true);
  await running.waitForStatus(id, 'cancelled');
  expect(await running.facts(id)).not.toContain('payment.authorized');
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'void']);
});

test('an undo that fails for ever holds the order open until a person has decided', async () => {
  await withoutLabels();
  const { orderId, attentionId } = await stuckUndo(running);
  expect(await running.order(orderId)).toMatchObject({
    status: 'compensating',
    needs_attention: true,
    attention: [{ id: attentionId, subject: 'voidAuthorization' }],
  });
  const decision = { choice: 'mark_done', by: 'ops-7', note: 'voided by phone' };
  const response = await running.post(`/v1/attention/${attentionId}/resolve`, decision);
  expect(response.ok).toBe(true);
  const order = await running.waitForStatus(orderId, 'cancelled');
  expect(order).toMatchObject({ needs_attention: false });
  const told = (await timelineOf(orderId)).filter(
    ({ type, result }) => type.startsWith('attention.') || result === 'marked_done',
  );
  expect(told).toMatchObject([
    { type: 'attention.raised', exposure: { amount: 1780 } },
    { type: 'attention.resolved', by: 'ops-7', note: 'voided by phone' },
    { type: 'undo.settled', undo: 'voidAuthorization' },
  ]);
  expect(
    (await running.facts(orderId)).filter((fact) => fact === 'inventory.released'),
  ).toHaveLength(1);
}, 60_000);

test('every order pays for itself, also when one customer uses one card twice', async () => {
  const orders = await Promise.all([running.placeOrder(), running.placeOrder()]);
  for (const { id } of orders) {
    await running.waitForStatus(id, 'delivered');
    expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  }
});

test('an order of several lines costs their sum, each counted once', async () => {
  const lines = [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'MUG-200', quantity: 1 },
    { sku: 'POT-900', quantity: 3 },
    { sku: 'TEA-100', quantity: 1 },
  ];
  const amount = 3 * 890 + 1450 + 3 * 4200;
  const { id } = await running.placeOrder({ lines });
  expect(await running.order(id)).toMatchObject({ totals: { total: { amount } } });
  await running.waitForStatus(id, 'delivered');
  expect((await running.ledger(id)).payments).toMatchObject([
    { kind: 'authorize', amount },
    { kind: 'capture', amount },
  ]);
});
