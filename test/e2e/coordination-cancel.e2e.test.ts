import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CoordinationDesk, balance, silentHarbor } from '../support/coordination-desk.js';
import { kinds, type RunningStack } from '../support/running-stack.js';

let desk: CoordinationDesk;
let running: RunningStack;
beforeAll(async () => {
  desk = await CoordinationDesk.open();
  running = desk.running;
});
beforeEach(() => running.noFaults());
afterAll(() => desk.close());

describe.each(['orchestrated', 'choreographed'] as const)('an order that is %s', (coordination) => {
  const place = (changes: object = {}) =>
    running.placeOrder({ coordination, service_level: 'demo', ...changes });

  describe('can be cancelled', () => {
    test('while its payment cannot be made', async () => {
      await running.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await running.untilFact(id, 'inventory.reserved');
      await desk.cancel(id);
      await running.untilStatus(id, 'cancelled');
      expect(kinds((await desk.expectNothingLeft(id)).payments)).toEqual([]);
    });

    test('while its label cannot be bought', { timeout: 60_000 }, async () => {
      await running.fault({
        service: 'carrier',
        operation: 'buy_label',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await running.untilStatus(id, 'confirmed');
      await desk.cancel(id);
      await running.untilStatus(id, 'cancelled');
      expect(kinds((await desk.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    });

    test('when it is paid and labelled', async () => {
      const { id } = await place(silentHarbor);
      await running.untilFact(id, 'payment.captured');
      await running.untilFact(id, 'points.awarded');
      const answer = await desk.cancel(id);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        status: 'cancelled',
        payment_status: 'refunded',
      });
      await running.untilFact(id, 'cancellation.sent');
      const { payments, labels } = await desk.expectNothingLeft(id);
      expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
      expect(kinds(labels)).toEqual(['buy', 'void']);
    });

    test('at the moment in which it was placed', async () => {
      const { id } = await place(silentHarbor);
      await desk.cancel(id);
      await running.untilStatus(id, 'cancelled');
      await desk.expectNothingLeft(id);
    });

    test('twice, quietly', async () => {
      const { id } = await place(silentHarbor);
      await running.untilStatus(id, 'confirmed');
      await desk.cancel(id);
      await running.untilStatus(id, 'cancelled');
      await running.untilFact(id, 'cancellation.sent');
      const before = await running.facts(id);
      expect((await desk.cancel(id)).status).toBe(200);
      expect(await running.facts(id)).toEqual(before);
    });
  });

  test('can no longer be cancelled when the carrier has it', async () => {
    const { id } = await place(silentHarbor);
    await running.untilFact(id, 'payment.captured');
    const { shipments } = await running.order(id);
    await running.scan(shipments[0]!.tracking_number, 'in_transit');
    await running.untilStatus(id, 'shipped');
    const refusal = await desk.cancel(id);
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({
      code: 'order_not_cancellable',
      alternatives: ['return'],
    });
    expect(balance(await running.ledger(id))).toBeGreaterThan(0);
  });
});
