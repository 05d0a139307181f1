import { ScheduleOverlapPolicy } from '@temporalio/client';
import { expect, test } from 'vitest';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

interface Part {
  readonly run_id: string;
  readonly kind: string;
  readonly looked_at: number;
  readonly mended: number;
  readonly differing: readonly { readonly order_id: string | null; readonly kind: string }[];
  readonly failure: string | null;
}

const stack = useTestStack({
  extraEnv: { worker: { RECONCILE_SETTLED_MS: '0', RECONCILE_INTERVAL_MS: '0' } },
});

/** The newest part of each kind, once they are of a run that began after this call. */
async function reconciled(): Promise<ReadonlyMap<string, Part>> {
  const before = await parts();
  // The run before may have written its parts without having ended; this one must not be skipped.
  const schedule = stack.temporal.schedule.getHandle('reconciliation');
  await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  const known = new Set(before.map(({ run_id }) => run_id));
  const look = async () => {
    const fresh = (await parts()).filter(({ run_id }) => !known.has(run_id));
    return fresh.length === 4 && new Map(fresh.map((part) => [part.kind, part]));
  };
  return waitFor('the four parts of a new run', look, 60_000);
}

const parts = async (): Promise<readonly Part[]> =>
  (await stack.get<{ data: readonly Part[] }>('api', '/v1/reconciliations?limit=100')).data;

test('nothing differs after orders that were delivered, cancelled and refused', async () => {
  const delivered = await stack.placeOrder();
  const declined = await stack.placeOrder({
    payment_method: 'pm_card_visa_chargeDeclined',
    service_level: 'demo',
  });
  await stack.waitForStatus(delivered.id, 'delivered');
  await stack.waitForStatus(declined.id, 'rejected');
  await stack.fault({ service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 });
  const cancelled = await stack.placeOrder();
  await stack.waitForFact(cancelled.id, 'payment.authorized');
  await stack.post(`/v1/orders/${cancelled.id}/cancel`, { reason: 'test', requested_by: 'test' });
  await stack.waitForStatus(cancelled.id, 'cancelled');
  await stack.noFaults();
  // An order that still writes facts is left to the next run.
  for (const { id } of [delivered, declined, cancelled]) {
    await stack.temporal.workflow.getHandle(id).result();
  }

  const findNothing = async () => {
    const found = await reconciled();
    for (const kind of ['payments', 'shipments', 'stock', 'orders']) {
      expect(found.get(kind), kind).toMatchObject({ mended: 0, differing: [], failure: null });
    }
  };
  await waitFor('a run that finds nothing', findNothing, 100_000);
  const seen = (await parts()).filter(({ kind }) => kind === 'payments');
  expect(Math.max(...seen.map((part) => part.looked_at))).toBeGreaterThanOrEqual(3);
}, 240_000);

test('an order whose workflow was killed for good is found', async () => {
  await stack.fault({ service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 });
  const { id } = await stack.placeOrder();
  await stack.waitForFact(id, 'payment.authorized');
  await stack.temporal.workflow.getHandle(id).terminate();
  await stack.noFaults();
  const found = await reconciled();
  expect(found.get('orders')!.differing).toMatchObject([
    { order_id: id, kind: 'order_without_workflow' },
  ]);
  expect((await stack.order(id)).needs_attention).toBe(true);
}, 120_000);
