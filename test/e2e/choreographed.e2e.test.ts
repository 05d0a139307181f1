import { describe, expect, test } from 'vitest';
import {
  balance,
  inTwoParcels,
  silentHarbor,
  templates,
  useCoordinationDesk,
} from '../support/coordination-desk.js';
import { anOrderRequest, kinds } from '../support/running-stack.js';
import { waitFor } from '../support/wait-for.js';

// Few tries, so that a test does not wait for the last of them.
const desk = useCoordinationDesk(6);

describe('an order without a coordinator', () => {
  const place = (changes: object = {}) =>
    desk.running.placeOrder({ coordination: 'choreographed', service_level: 'demo', ...changes });

  test(
    'that nobody can charge gives its goods back when its time is up',
    { timeout: 90_000 },
    async () => {
      await desk.running.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await desk.running.waitForStatus(id, 'failed', 60_000);
      expect((await desk.expectNothingLeft(id)).payments).toEqual([]);
    },
  );

  test('whose service is refused for good waits for a person, who has it tried again', async () => {
    const { id } = await place(silentHarbor);
    for (const fact of ['payment.captured', 'confirmation.sent', 'seller.notified']) {
      await desk.running.waitForFact(id, fact);
    }
    const { shipments } = await desk.running.order(id);
    await desk.running.fault({ service: 'mail', operation: 'send', kind: 'refuse', order_id: id });
    await desk.running.scan(shipments[0]!.tracking_number, 'in_transit');
    await desk.running.scan(shipments[0]!.tracking_number, 'delivered');
    await desk.running.waitForStatus(id, 'delivered');
    const letters = () =>
      desk.running.get<{ data: { id: string; event: { order_id: string } }[] }>(
        'api',
        `/v1/dead-letters?order_id=${id}`,
      );
    await waitFor('a dead letter', async () => {
      expect((await letters()).data).toHaveLength(1);
    });
    expect(templates(await desk.running.ledger(id))).not.toContain('shipped');
    const [letter] = (await letters()).data;
    const replayed = await desk.running.post(`/v1/dead-letters/${letter!.id}/replay`, {
      by: 'ada',
    });
    expect(replayed.status).toBe(200);
    await waitFor('the mails', async () => {
      expect(templates(await desk.running.ledger(id))).toEqual([
        'delivered',
        'order_confirmation',
        'order_placed',
        'seller_notice',
        'shipped',
      ]);
    });
    expect((await letters()).data).toEqual([]);
  });

  test('one of whose parcels leaves while it is cancelled keeps the other, and a person fetches that one', async () => {
    const { id } = await place({ ...silentHarbor, ...inTwoParcels });
    await waitFor('the facts', async () => {
      expect(
        (await desk.running.facts(id)).filter((fact) => fact === 'payment.captured'),
      ).toHaveLength(2);
    });
    const { shipments } = await desk.running.order(id);
    await desk.running.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', times: 1 });
    await desk.running.scan(shipments[1]!.tracking_number, 'in_transit');
    await desk.cancel(id);
    await desk.running.waitForFact(id, 'inventory.released');
    expect(await desk.running.facts(id)).toContain('inventory.written_off');
    expect((await desk.running.order(id)).status).toBe('compensating');
    const [item] = await desk.openItems(id);
    const resolution = { choice: 'mark_done', by: 'ada', note: 'fetched back' };
    const resolved = await desk.running.post(`/v1/attention/${item!.id}/resolve`, resolution);
    expect(resolved.status).toBe(200);
    await desk.running.waitForStatus(id, 'cancelled');
    expect(balance(await desk.running.ledger(id))).toBe(0);
    expect(await desk.held(id)).toBe(0);
  });

  test('whose parcel left before anybody heard of it is not cancelled, and arrives', async () => {
    const { id } = await place(silentHarbor);
    await desk.running.waitForFact(id, 'payment.captured');
    const trackingNumber = (await desk.running.order(id)).shipments[0]!.tracking_number;
    await desk.running.fault({ service: 'carrier', operation: 'webhook', kind: 'lost', times: 1 });
    await desk.running.scan(trackingNumber, 'in_transit');
    expect((await desk.cancel(id)).status).toBe(409);
    await desk.running.scan(trackingNumber, 'delivered');
    await desk.running.waitForStatus(id, 'delivered');
    expect((await desk.running.order(id)).shipments).toMatchObject([{ state: 'bought' }]);
    const dead = await desk.running.get<{ data: unknown[] }>(
      'api',
      `/v1/dead-letters?order_id=${id}`,
    );
    expect(dead.data).toEqual([]);
    expect(balance(await desk.running.ledger(id))).toBeGreaterThan(0);
  });

  test('whose service has given up can be cancelled all the same', async () => {
    await desk.running.fault({
      service: 'carrier',
      operation: 'buy_label',
      kind: 'down',
      for_ms: 60_000,
    });
    const { id } = await place();
    const dead = () =>
      desk.running.get<{ data: unknown[] }>('api', `/v1/dead-letters?order_id=${id}`);
    await waitFor(
      'a dead letter',
      async () => {
        expect((await dead()).data).toHaveLength(1);
      },
      60_000,
    );
    await desk.cancel(id);
    await desk.running.waitForStatus(id, 'cancelled');
    expect(kinds((await desk.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    expect((await dead()).data).toEqual([]);
  });

  test('whose parcel no carrier mentions calls a person, until the carrier does', async () => {
    const { id } = await place(silentHarbor);
    await waitFor('the attention item', async () => {
      expect(await desk.openItems(id)).toMatchObject([
        { reason: 'not_handed_over', owner: 'warehouse', choices: ['wait'] },
      ]);
    });
    expect((await desk.running.order(id)).needs_attention).toBe(true);
    await desk.running.scan(
      (await desk.running.order(id)).shipments[0]!.tracking_number,
      'delivered',
    );
    await desk.running.waitForStatus(id, 'delivered');
    expect(await desk.openItems(id)).toEqual([]);
    expect((await desk.running.order(id)).needs_attention).toBe(false);
  });

  test('whose refund is refused for ever ends when a person has paid it back by hand', async () => {
    const { id } = await place(silentHarbor);
    await desk.running.waitForFact(id, 'payment.captured');
    await desk.running.fault({
      service: 'payments',
      operation: 'refund',
      kind: 'error_500',
      order_id: id,
      for_ms: 120_000,
    });
    await desk.cancel(id);
    const subject = 'payment:compensation.started';
    const asked = async () => (await desk.openItems(id)).find((item) => item.subject === subject);
    await waitFor(
      'the attention item',
      async () => {
        expect(await asked()).toMatchObject({ choices: ['retry', 'mark_done', 'waive'] });
      },
      40_000,
    );
    const resolution = { choice: 'mark_done', by: 'ada', note: 'refunded in the console' };
    const resolved = await desk.running.post(
      `/v1/attention/${(await asked())!.id}/resolve`,
      resolution,
    );
    expect(resolved.status).toBe(200);
    await desk.running.waitForStatus(id, 'cancelled');
    expect(await desk.held(id)).toBe(0);
    expect((await desk.running.order(id)).needs_attention).toBe(false);
  });

  test('takes no other message than a cancel', async () => {
    const { id } = await place(silentHarbor);
    const refusal = await desk.running.post(`/v1/orders/${id}/approve`, {
      by: 'ada',
      reason: 'fine',
    });
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({ alternatives: ['cancel'] });
    await desk.cancel(id);
  });
});

test('nobody waits for a person in a choreographed order, so it cannot be placed', async () => {
  const response = await desk.running.post(
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
