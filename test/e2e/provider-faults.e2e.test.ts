import { expect, test } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

// So that the order of more than there is does not wait for somebody to approve it.
const api = { RISK_APPROVAL_AMOUNT_MINOR: '10000000000' };
const stack = useTestStack({ extraEnv: { api } });

async function held(): Promise<number> {
  const response = await fetch(`${stack.url('api')}/v1/stock`);
  const { data } = (await response.json()) as { data: { held: number }[] };
  return data.reduce((total, item) => total + item.held, 0);
}

test('a carrier that refuses for good voids the authorization, then releases the stock, and the buyer gets a mail', async () => {
  await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'rejected');
  await stack.waitForFact(id, 'cancellation.sent');

  const { payments, labels, messages } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'void']);
  expect(labels).toEqual([]);
  expect(messages.map((message) => message.template)).toContain('rejection');
  const facts = await stack.facts(id);
  const story = [
    'shipment.refused',
    'compensation.started',
    'payment.voided',
    'inventory.released',
  ];
  expect(facts.filter((fact) => story.includes(fact))).toEqual(story);
  expect(await held()).toBe(0);
});

test('a declined card releases the stock and keeps no money', async () => {
  const { id } = await stack.placeOrder({
    payment_method: 'pm_card_visa_chargeDeclined',
    service_level: 'demo',
  });
  await stack.waitForFact(id, 'payment.method_requested');
  await stack.waitForStatus(id, 'rejected');
  const { payments, messages } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['decline']);
  expect(messages.map((message) => message.template)).toContain('payment_method_needed');
  expect(await stack.order(id)).toMatchObject({ payment_status: 'declined' });
  expect(await held()).toBe(0);
});

test('an order of more than there is causes no payment', async () => {
  const { id } = await stack.placeOrder({ lines: ordersOfAll });
  await stack.waitForStatus(id, 'rejected');
  expect((await stack.ledger(id)).payments).toEqual([]);
  expect(await stack.facts(id)).toContain('inventory.short');
  expect(await held()).toBe(0);
});

test('an authorization whose answer was lost is made once', async () => {
  await stack.fault({ service: 'payments', operation: 'authorize', kind: 'drop_response' });
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered');
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
});

test('a label whose purchase was answered by silence is bought once', async () => {
  await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'drop_response' });
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered');
  expect(kinds((await stack.ledger(id)).labels)).toEqual(['buy']);
});

test.each([
  ['duplicate', {}],
  ['late', { delay_ms: 1_000 }],
  ['forged', {}],
])('a %s webhook changes nothing but what it reports', async (kind, more) => {
  await stack.fault({ service: '*', operation: 'webhook', kind, for_ms: 5_000, ...more });
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered');
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  const facts = await stack.facts(id);
  expect(facts.filter((fact) => fact === 'shipment.handed_over')).toHaveLength(1);
  expect(facts.filter((fact) => fact === 'shipment.delivered')).toHaveLength(1);
});

/** 200 lines of 10,000 are more than the example shop has in stock. */
const ordersOfAll = Array.from({ length: 200 }, () => ({ sku: 'TEA-100', quantity: 10_000 }));

/** Longer than the first waits between two tries. */
const downMs = 15_000;

test('providers that are away for a while delay an order and cost nothing else', async () => {
  for (const service of ['payments', 'carrier', 'mail']) {
    await stack.fault({ service, operation: '*', kind: 'down', for_ms: downMs });
  }
  const placedAt = Date.now();
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered', 60_000);
  const sent = async () => (await stack.ledger(id)).messages.map(({ template }) => template).sort();
  await waitFor(
    'every mail',
    async () => {
      expect(new Set(await sent())).toEqual(new Set(mails));
    },
    60_000,
  );

  expect(Date.now() - placedAt).toBeGreaterThan(downMs - 2_000);
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
  expect(await sent()).toEqual(mails);
}, 120_000);

const mails = ['delivered', 'order_confirmation', 'order_placed', 'seller_notice', 'shipped'];
