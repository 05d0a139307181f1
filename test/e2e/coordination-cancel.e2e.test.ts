import { describe, expect, test } from 'vitest';
import { roleNames } from '../../src/up/part.js';
import { balance, kinds, silentHarbor } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack({
  roles: roleNames,
  extraEnv: {
    services: { SERVICES_RETRY_CAP_MS: '1000', SERVICES_MAX_ATTEMPTS: '40' },
  },
});

describe.each(['orchestrated', 'choreographed'] as const)('an order that is %s', (coordination) => {
  const place = (changes: object = {}) =>
    stack.placeOrder({ coordination, service_level: 'demo', ...changes });

  describe('can be cancelled', () => {
    test('while its payment cannot be made', async () => {
      await stack.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await stack.waitForFact(id, 'inventory.reserved');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual([]);
    });

    test('while its label cannot be bought', { timeout: 60_000 }, async () => {
      await stack.fault({
        service: 'carrier',
        operation: 'buy_label',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await stack.waitForStatus(id, 'confirmed');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    });

    test('when it is paid and labelled', async () => {
      const { id } = await place(silentHarbor);
      await stack.waitForFact(id, 'payment.captured');
      await stack.waitForFact(id, 'points.awarded');
      const answer = await stack.cancel(id);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        status: 'cancelled',
        payment_status: 'refunded',
      });
      await stack.waitForFact(id, 'cancellation.sent');
      const { payments, labels } = await stack.expectNothingLeft(id);
      expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
      expect(kinds(labels)).toEqual(['buy', 'void']);
    });

    test('at the moment in which it was placed', async () => {
      const { id } = await place(silentHarbor);
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      await stack.expectNothingLeft(id);
    });

    test('twice, quietly', async () => {
      const { id } = await place(silentHarbor);
      await stack.waitForStatus(id, 'confirmed');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      await stack.waitForFact(id, 'cancellation.sent');
      const before = await stack.facts(id);
      expect((await stack.cancel(id)).status).toBe(200);
      expect(await stack.facts(id)).toEqual(before);
    });
  });

  test('can no longer be cancelled when the carrier has it', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForFact(id, 'payment.captured');
    const { shipments } = await stack.order(id);
    await stack.scan(shipments[0]!.tracking_number, 'in_transit');
    await stack.waitForStatus(id, 'shipped');
    const refusal = await stack.cancel(id);
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({
      code: 'order_not_cancellable',
      alternatives: ['return'],
    });
    expect(balance(await stack.ledger(id))).toBeGreaterThan(0);
  });
});
