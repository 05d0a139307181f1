import { describe, expect, test } from 'vitest';
import { roleNames } from '../../src/up/part.js';
import {
  anOrderRequest,
  balance,
  inTwoParcels,
  kinds,
  silentHarbor,
  templates,
} from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

// Few tries, so that a test does not wait for the last of them.
const stack = useTestStack({
  roles: roleNames,
  extraEnv: {
    services: { SERVICES_RETRY_CAP_MS: '1000', SERVICES_MAX_ATTEMPTS: '6' },
  },
});

const place = (changes: object = {}) =>
  stack.placeOrder({ coordination: 'choreographed', service_level: 'demo', ...changes });

interface DeadLetter {
  readonly id: string;
}
const deadLettersOf = async (id: string): Promise<readonly DeadLetter[]> =>
  (await stack.get<{ data: DeadLetter[] }>('api', `/v1/dead-letters?order_id=${id}`)).data;

// Each fault is its own order's: they run side by side.
describe.concurrent('an order without a coordinator', () => {
  test('whose mail is refused for good waits in the dead letters until a person replays it', async () => {
    const { id } = await place(silentHarbor);
    for (const fact of ['payment.captured', 'confirmation.sent', 'seller.notified']) {
      await stack.waitForFact(id, fact);
    }
    const { shipments } = await stack.order(id);
    await stack.fault({ service: 'mail', operation: 'send', kind: 'refuse', order_id: id });
    await stack.scan(shipments[0]!.tracking_number, 'in_transit');
    await stack.scan(shipments[0]!.tracking_number, 'delivered');
    await stack.waitForStatus(id, 'delivered');
    await waitFor('a dead letter', async () => {
      expect(await deadLettersOf(id)).toHaveLength(1);
    });
    expect(templates(await stack.ledger(id))).not.toContain('shipped');
    const [deadLetter] = await deadLettersOf(id);
    const replayed = await stack.post(`/v1/dead-letters/${deadLetter!.id}/replay`, {
      by: 'ada',
    });
    expect(replayed.status).toBe(200);
    await waitFor('the mails', async () => {
      expect(templates(await stack.ledger(id))).toEqual([
        'delivered',
        'order_confirmation',
        'order_placed',
        'seller_notice',
        'shipped',
      ]);
    });
    expect(await deadLettersOf(id)).toEqual([]);
  });

  test('one of whose parcels leaves while it is cancelled compensates the other, and a person resolves the sent one', async () => {
    const { id } = await place({ ...silentHarbor, ...inTwoParcels });
    await waitFor('the facts', async () => {
      expect((await stack.facts(id)).filter((fact) => fact === 'payment.captured')).toHaveLength(2);
    });
    const { shipments } = await stack.order(id);
    await stack.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', order_id: id });
    await stack.scan(shipments[1]!.tracking_number, 'in_transit');
    await stack.cancel(id);
    await stack.waitForFact(id, 'inventory.released');
    expect(await stack.facts(id)).toContain('inventory.written_off');
    expect((await stack.order(id)).status).toBe('compensating');
    const [item] = await stack.openItems(id);
    const resolution = { choice: 'mark_done', by: 'ada', note: 'fetched back' };
    const resolved = await stack.post(`/v1/attention/${item!.id}/resolve`, resolution);
    expect(resolved.status).toBe(200);
    await stack.waitForStatus(id, 'cancelled');
    expect(balance(await stack.ledger(id))).toBe(0);
    expect(await stack.held(id)).toBe(0);
  });

  test('whose parcel left unreported is not cancelled, and is delivered', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForFact(id, 'payment.captured');
    const trackingNumber = (await stack.order(id)).shipments[0]!.tracking_number;
    await stack.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', order_id: id });
    await stack.scan(trackingNumber, 'in_transit');
    expect((await stack.cancel(id)).status).toBe(409);
    await stack.scan(trackingNumber, 'delivered');
    await stack.waitForStatus(id, 'delivered');
    expect((await stack.order(id)).shipments).toMatchObject([{ state: 'bought' }]);
    expect(await deadLettersOf(id)).toEqual([]);
    expect(balance(await stack.ledger(id))).toBeGreaterThan(0);
  });

  test('whose parcel no carrier reports becomes an attention item, until the carrier reports it', async () => {
    const { id } = await place(silentHarbor);
    await waitFor('the attention item', async () => {
      expect(await stack.openItems(id)).toMatchObject([
        { reason: 'not_handed_over', owner: 'warehouse', choices: ['wait'] },
      ]);
    });
    expect((await stack.order(id)).needs_attention).toBe(true);
    await stack.scan((await stack.order(id)).shipments[0]!.tracking_number, 'delivered');
    await stack.waitForStatus(id, 'delivered');
    expect(await stack.openItems(id)).toEqual([]);
    expect((await stack.order(id)).needs_attention).toBe(false);
  });

  test('whose refund keeps failing ends when a person has refunded it by hand', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForFact(id, 'payment.captured');
    await stack.fault({
      service: 'payments',
      operation: 'refund',
      kind: 'error_500',
      order_id: id,
      for_ms: 120_000,
    });
    await stack.cancel(id);
    const subject = 'payment:compensation.started';
    const asked = async () => (await stack.openItems(id)).find((item) => item.subject === subject);
    await waitFor(
      'the attention item',
      async () => {
        expect(await asked()).toMatchObject({ choices: ['retry', 'mark_done', 'waive'] });
      },
      40_000,
    );
    const resolution = { choice: 'mark_done', by: 'ada', note: 'refunded in the console' };
    const resolved = await stack.post(`/v1/attention/${(await asked())!.id}/resolve`, resolution);
    expect(resolved.status).toBe(200);
    await stack.waitForStatus(id, 'cancelled');
    expect(await stack.held(id)).toBe(0);
    expect((await stack.order(id)).needs_attention).toBe(false);
  });

  test('takes no other message than a cancel', async () => {
    const { id } = await place(silentHarbor);
    const refusal = await stack.post(`/v1/orders/${id}/approve`, {
      by: 'ada',
      reason: 'fine',
    });
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({ alternatives: ['cancel'] });
    await stack.cancel(id);
  });
});

describe('an order without a coordinator', () => {
  test(
    'that cannot be charged releases its goods at its deadline',
    { timeout: 90_000 },
    async () => {
      await stack.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await stack.waitForStatus(id, 'failed', 60_000);
      expect((await stack.expectNothingLeft(id)).payments).toEqual([]);
    },
  );

  test('whose service has dead-lettered its event can still be cancelled', async () => {
    await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'down', for_ms: 60_000 });
    const { id } = await place();
    await waitFor(
      'a dead letter',
      async () => {
        expect(await deadLettersOf(id)).toHaveLength(1);
      },
      60_000,
    );
    await stack.cancel(id);
    await stack.waitForStatus(id, 'cancelled');
    expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    expect(await deadLettersOf(id)).toEqual([]);
  });
});

test('a choreographed order that would have to ask a person is refused', async () => {
  const response = await stack.post(
    '/v1/orders',
    { ...anOrderRequest, coordination: 'choreographed', shortage_policy: 'ask' },
    { 'idempotency-key': 'key-of-an-impossible-order' },
  );
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    code: 'validation_failed',
    errors: [{ pointer: '/shortage_policy' }],
  });
});
