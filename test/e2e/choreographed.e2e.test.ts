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

const waitForDeadLetter = (id: string): Promise<DeadLetter> =>
  waitFor('a dead letter', async () => (await deadLettersOf(id))[0] ?? false, 60_000);

const parcelOf = async (id: string, index = 0): Promise<string> =>
  (await stack.order(id)).shipments[index]!.tracking_number;

async function markDone(itemId: string, note: string): Promise<void> {
  const resolution = { choice: 'mark_done', by: 'ada', note };
  const resolved = await stack.post(`/v1/attention/${itemId}/resolve`, resolution);
  expect(resolved.status).toBe(200);
}

// Each fault is its own order's: they run side by side.
describe.concurrent('an order without a coordinator', () => {
  test('whose mail is refused for good waits in the dead letters until a person replays it', async () => {
    const { id } = await place(silentHarbor);
    for (const fact of ['payment.captured', 'confirmation.sent', 'seller.notified']) {
      await stack.waitForFact(id, fact);
    }
    await stack.fault({ service: 'mail', operation: 'send', kind: 'refuse', order_id: id });
    const parcel = await parcelOf(id);
    await stack.scan(parcel, 'in_transit');
    await stack.scan(parcel, 'delivered');
    await stack.waitForStatus(id, 'delivered');
    const deadLetter = await waitForDeadLetter(id);
    expect(templates(await stack.ledger(id))).not.toContain('shipped');
    const path = `/v1/dead-letters/${deadLetter.id}/replay`;
    expect((await stack.post(path, { by: 'ada' })).status).toBe(200);
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
    await stack.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', order_id: id });
    await stack.scan(await parcelOf(id, 1), 'in_transit');
    await stack.cancel(id);
    await stack.waitForFact(id, 'inventory.released');
    expect(await stack.facts(id)).toContain('inventory.written_off');
    expect((await stack.order(id)).status).toBe('compensating');
    const [item] = await stack.openItems(id);
    await markDone(item!.id, 'fetched back');
    await stack.waitForStatus(id, 'cancelled');
    expect(balance(await stack.ledger(id))).toBe(0);
    expect(await stack.held(id)).toBe(0);
  });

  test('whose parcel left unreported is not cancelled, and is delivered', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForFact(id, 'payment.captured');
    const trackingNumber = await parcelOf(id);
    await stack.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', order_id: id });
    await stack.scan(trackingNumber, 'in_transit');
    expect((await stack.cancel(id)).status).toBe(409);
    await stack.scan(trackingNumber, 'delivered');
    await stack.waitForStatus(id, 'delivered');
    expect((await stack.order(id)).shipments).toMatchObject([{ state: 'bought' }]);
    expect(await deadLettersOf(id)).toEqual([]);
    expect(balance(await stack.ledger(id))).toBeGreaterThan(0);
  });

  test('takes no other message than a cancel', async () => {
    const { id } = await place(silentHarbor);
    const refusal = await stack.post(`/v1/orders/${id}/approve`, { by: 'ada', reason: 'fine' });
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
      const fault = { service: 'payments', operation: 'authorize', kind: 'error_500' };
      await stack.fault({ ...fault, for_ms: 60_000 });
      const { id } = await place();
      await stack.waitForStatus(id, 'failed', 60_000);
      expect((await stack.expectNothingLeft(id)).payments).toEqual([]);
    },
  );

  test('whose service has dead-lettered its event can still be cancelled', async () => {
    await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'down', for_ms: 60_000 });
    const { id } = await place();
    await waitForDeadLetter(id);
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
