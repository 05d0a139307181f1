import { expect, test } from 'vitest';
import { kinds, silentHarbor } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

/** What README and docs promise: the attempt under way, and its next try. */
const continuesWithinMs = 12_000;
/** Longer than we wait for a call. Until it is over the provider keeps the key, and a void has to wait. */
const hangMs = 7_000;

test.each([
  ['payments', 'authorize', 'authorize', 'void'],
  ['payments', 'capture', 'capture', 'refund'],
] as const)(
  'a cancel while %s hang at %s is shown within 1 s, and has its effect within 12 s',
  async (service, operation, done, compensation) => {
    await stack.fault({ service, operation, kind: 'delay', delay_ms: hangMs });
    const { id } = await stack.placeOrder(silentHarbor);
    await stack.waitForPayment(id, done);

    const askedAtMs = Date.now();
    const answer = stack.post(`/v1/orders/${id}/cancel`, { reason: 'changed my mind' });
    await waitFor(
      'the cancel to be shown',
      async () => {
        expect((await stack.order(id)).stage).toBe('cancel');
        expect(await stack.facts(id)).toContain('order.cancel_requested');
      },
      1_000,
    );
    await stack.noFaults();
    await stack.waitForStatus(id, 'cancelled', continuesWithinMs);
    process.stdout.write(`cancelled ${Date.now() - askedAtMs} ms after the cancel\n`);
    expect([200, 202]).toContain((await answer).status);
    expect(kinds((await stack.ledger(id)).payments)).toEqual(
      done === 'capture' ? ['authorize', 'capture', compensation] : ['authorize', compensation],
    );
  },
  60_000,
);
