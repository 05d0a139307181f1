import { expect, test } from 'vitest';
import { stuckUndo } from '../docs/stuck-undo.js';
import { kinds, templates } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

const askingCard = { payment_method: 'pm_card_authenticationRequired', service_level: 'demo' };

interface Fact {
  readonly type: string;
  readonly payment_id?: string;
  readonly result?: string;
}

const timelineOf = async (id: string): Promise<readonly Fact[]> =>
  (await stack.get<{ data: readonly Fact[] }>('api', `/v1/orders/${id}/timeline`)).data;

/** The customer confirms the payment at the bank, whatever the order's status is. */
async function confirm(id: string): Promise<Response> {
  const asked = (await timelineOf(id)).find(({ type }) => type === 'payment.action_required');
  expect(asked).toMatchObject({ payment_id: expect.any(String) as string });
  const url = `${stack.url('sandbox')}/control/payments/${asked?.payment_id}/authenticate`;
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ outcome: 'succeed' }),
    signal: AbortSignal.timeout(5_000),
  });
}

/** Stops orders after their authorization, so that no parcel leaves before a cancel. */
const withoutLabels = () =>
  stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'down', for_ms: 600_000 });

/** Counts the webhooks that the providers could deliver. */
const delivered = async (): Promise<number> =>
  (await stack.get<{ delivered: number }>('sandbox', '/control/webhooks')).delivered;

test('a payment that comes after its order gave up on it is voided', async () => {
  const { id } = await stack.placeOrder(askingCard);
  const fault = { service: 'payments', operation: 'void', kind: 'error_500', order_id: id };
  await stack.fault({ ...fault, times: 1_000 });
  await stack.waitForFact(id, 'compensation.started');
  expect((await confirm(id)).status).toBe(200);
  await stack.waitForPayment(id, 'authorize');
  await stack.noFaults();
  expect(await stack.waitForStatus(id, 'rejected')).toMatchObject({ payment_status: 'voided' });
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'void']);
}, 60_000);

test('a webhook that comes before the answer to our call, and twice, has one effect', async () => {
  const before = await delivered();
  const webhooks = { service: 'payments', operation: 'webhook', kind: 'duplicate' };
  await stack.fault({ ...webhooks, for_ms: 30_000 });
  for (const operation of ['authorize', 'capture']) {
    await stack.fault({ service: 'payments', operation, kind: 'delay', delay_ms: 3_000 });
  }
  const { id } = await stack.placeOrder();
  await waitFor('both webhooks', async () => (await delivered()) >= before + 2, 10_000);
  expect(await stack.facts(id)).not.toContain('payment.authorized');
  await stack.waitForStatus(id, 'delivered');
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  const facts = await stack.facts(id);
  for (const once of ['payment.authorized', 'payment.captured']) {
    expect(facts.filter((fact) => fact === once)).toHaveLength(1);
  }
}, 60_000);

test('a cancel that overtakes the answer to the charge leaves no charge', async () => {
  await withoutLabels();
  const slow = { service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 1_500 };
  await stack.fault(slow);
  const { id } = await stack.placeOrder();
  await stack.waitForPayment(id, 'authorize');
  expect(await stack.facts(id)).not.toContain('payment.authorized');
  expect((await stack.cancel(id)).ok).toBe(true);
  await stack.waitForStatus(id, 'cancelled');
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'void']);
});

test('a cancel while the charge backs off takes effect at once, and no charge comes after it', async () => {
  const down = { service: 'payments', operation: 'authorize', kind: 'down' };
  await stack.fault({ ...down, for_ms: 600_000 });
  const { id } = await stack.placeOrder();
  await stack.waitForFact(id, 'inventory.reserved');
  const response = await stack.cancel(id);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'cancelled' });
  await stack.noFaults();
  await stack.waitForFact(id, 'cancellation.sent');
  expect((await stack.ledger(id)).payments).toEqual([]);
});

test('an authorization that was made and never answered is voided without its id', async () => {
  const dropped = { service: 'payments', operation: 'authorize', kind: 'drop_response' };
  await stack.fault({ ...dropped, for_ms: 600_000 });
  const { id } = await stack.placeOrder();
  await stack.waitForPayment(id, 'authorize');
  expect((await stack.cancel(id)).ok).toBe(true);
  await stack.waitForStatus(id, 'cancelled');
  expect(await stack.facts(id)).not.toContain('payment.authorized');
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'void']);
});

test('a compensation that keeps failing holds the order open until a person has decided', async () => {
  await withoutLabels();
  const { orderId, attentionId } = await stuckUndo(stack);
  expect(await stack.order(orderId)).toMatchObject({
    status: 'compensating',
    needs_attention: true,
    attention: [{ id: attentionId, subject: 'voidAuthorization' }],
  });
  const decision = { choice: 'mark_done', by: 'ops-7', note: 'voided by phone' };
  const response = await stack.post(`/v1/attention/${attentionId}/resolve`, decision);
  expect(response.ok).toBe(true);
  const order = await stack.waitForStatus(orderId, 'cancelled');
  expect(order).toMatchObject({ needs_attention: false });
  const decisions = (await timelineOf(orderId)).filter(
    ({ type, result }) => type.startsWith('attention.') || result === 'marked_done',
  );
  expect(decisions).toMatchObject([
    { type: 'attention.raised', exposure: { amount: 1780 } },
    { type: 'attention.resolved', by: 'ops-7', note: 'voided by phone' },
    { type: 'undo.settled', undo: 'voidAuthorization' },
  ]);
  expect((await stack.facts(orderId)).filter((fact) => fact === 'inventory.released')).toHaveLength(
    1,
  );
}, 60_000);

/** Longer than the first waits between two tries. */
const downMs = 15_000;

test('providers that are away for a while delay an order and cost nothing else', async () => {
  for (const service of ['payments', 'carrier', 'mail']) {
    await stack.fault({ service, operation: '*', kind: 'down', for_ms: downMs });
  }
  const placedAt = Date.now();
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered', 60_000);
  const sent = async () => templates(await stack.ledger(id));
  await waitFor('every mail', async () => new Set(await sent()).size === mails.length, 60_000);

  expect(Date.now() - placedAt).toBeGreaterThan(downMs - 2_000);
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
  expect(await sent()).toEqual(mails);
}, 120_000);

const mails = ['delivered', 'order_confirmation', 'order_placed', 'seller_notice', 'shipped'];
