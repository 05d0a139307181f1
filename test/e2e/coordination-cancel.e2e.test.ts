import { describe, expect, test } from 'vitest';
import { balance, silentHarbor, useCoordinationDesk } from '../support/coordination-desk.js';
import { kinds } from '../support/running-stack.js';

const desk = useCoordinationDesk();

describe.each(['orchestrated', 'choreographed'] as const)('an order that is %s', (coordination) => {
  const place = (changes: object = {}) =>
    desk.running.placeOrder({ coordination, service_level: 'demo', ...changes });

  describe('can be cancelled', () => {
    test('while its payment cannot be made', async () => {
      await desk.running.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await desk.running.waitForFact(id, 'inventory.reserved');
      await desk.cancel(id);
      await desk.running.waitForStatus(id, 'cancelled');
      expect(kinds((await desk.expectNothingLeft(id)).payments)).toEqual([]);
    });

    test('while its label cannot be bought', { timeout: 60_000 }, async () => {
      await desk.running.fault({
        service: 'carrier',
        operation: 'buy_label',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await desk.running.waitForStatus(id, 'confirmed');
      await desk.cancel(id);
      await desk.running.waitForStatus(id, 'cancelled');
      expect(kinds((await desk.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    });

    test('when it is paid and labelled', async () => {
      const { id } = await place(silentHarbor);
      await desk.running.waitForFact(id, 'payment.captured');
      await desk.running.waitForFact(id, 'points.awarded');
      const answer = await desk.cancel(id);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        status: 'cancelled',
        payment_status: 'refunded',
      });
      await desk.running.waitForFact(id, 'cancellation.sent');
      const { payments, labels } = await desk.expectNothingLeft(id);
      expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
      expect(kinds(labels)).toEqual(['buy', 'void']);
    });

    test('at the moment in which it was placed', async () => {
      const { id } = await place(silentHarbor);
      await desk.cancel(id);
      await desk.running.waitForStatus(id, 'cancelled');
      await desk.expectNothingLeft(id);
    });

    test('twice, quietly', async () => {
      const { id } = await place(silentHarbor);
      await desk.running.waitForStatus(id, 'confirmed');
      await desk.cancel(id);
      await desk.running.waitForStatus(id, 'cancelled');
      await desk.running.waitForFact(id, 'cancellation.sent');
      const before = await desk.running.facts(id);
      expect((await desk.cancel(id)).status).toBe(200);
      expect(await desk.running.facts(id)).toEqual(before);
    });
  });

  test('can no longer be cancelled when the carrier has it', async () => {
    const { id } = await place(silentHarbor);
    await desk.running.waitForFact(id, 'payment.captured');
    const { shipments } = await desk.running.order(id);
    await desk.running.scan(shipments[0]!.tracking_number, 'in_transit');
    await desk.running.waitForStatus(id, 'shipped');
    const refusal = await desk.cancel(id);
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({
      code: 'order_not_cancellable',
      alternatives: ['return'],
    });
    expect(balance(await desk.running.ledger(id))).toBeGreaterThan(0);
  });
});
