import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningStack } from '../support/running-stack.js';
import { waitFor } from '../support/wait-for.js';

interface Part {
  readonly run_id: string;
  readonly kind: string;
  readonly looked_at: number;
  readonly agreed: number;
  readonly mended: number;
  readonly differing: readonly { readonly order_id: string | null; readonly kind: string }[];
  readonly failure: string | null;
}

const run = promisify(execFile);
let running: RunningStack;
beforeAll(async () => {
  running = await RunningStack.start({ extraEnv: { worker: { RECONCILE_SETTLED_MS: '0' } } });
});
afterAll(() => running.stop());

/** The newest part of each kind, once they are of a run that began after this call. */
async function reconciled(): Promise<ReadonlyMap<string, Part>> {
  const before = await parts();
  const address = running.url('temporal');
  const trigger = ['schedule', 'trigger', '--address', address, '--schedule-id', 'reconciliation'];
  // The run before may have its parts written and not be over yet; this one must not be skipped for it.
  const afterOthers = ['--overlap-policy', 'BufferOne'];
  await run(running.stack.temporalCli!, [...trigger, ...afterOthers], { timeout: 20_000 });
  return waitFor(
    'the four parts of a new run',
    async () => {
      const known = new Set(before.map(({ run_id }) => run_id));
      const fresh = (await parts()).filter(({ run_id }) => !known.has(run_id));
      expect(fresh).toHaveLength(4);
      return new Map(fresh.map((part) => [part.kind, part]));
    },
    60_000,
  );
}

async function parts(): Promise<readonly Part[]> {
  const signal = AbortSignal.timeout(5_000);
  const response = await fetch(`${running.url('api')}/v1/reconciliations?limit=100`, { signal });
  return ((await response.json()) as { data: readonly Part[] }).data;
}

test('nothing differs after orders that were delivered, cancelled and refused', async () => {
  const delivered = await running.placeOrder();
  const declined = await running.placeOrder({
    payment_method: 'pm_card_visa_chargeDeclined',
    service_level: 'demo',
  });
  await running.waitForStatus(delivered.id, 'delivered');
  await running.waitForStatus(declined.id, 'rejected');
  await running.fault({ service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 });
  const cancelled = await running.placeOrder();
  await running.waitForFact(cancelled.id, 'payment.authorized');
  await running.post(`/v1/orders/${cancelled.id}/cancel`, { reason: 'test', requested_by: 'test' });
  await running.waitForStatus(cancelled.id, 'cancelled');
  await running.noFaults();

  await waitFor(
    'a run that finds nothing',
    async () => {
      const found = await reconciled();
      for (const kind of ['payments', 'shipments', 'stock', 'orders']) {
        expect(found.get(kind), kind).toMatchObject({ mended: 0, differing: [], failure: null });
      }
    },
    // A workflow may still send its last mail when its order has ended.
    100_000,
  );
  const seen = (await parts()).filter(({ kind }) => kind === 'payments');
  expect(Math.max(...seen.map((part) => part.looked_at))).toBeGreaterThanOrEqual(3);
}, 240_000);

test('an order whose workflow was killed for good is found', async () => {
  await running.fault({ service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 });
  const { id } = await running.placeOrder();
  await running.waitForFact(id, 'payment.authorized');
  const address = running.url('temporal');
  await run(running.stack.temporalCli!, ['workflow', 'terminate', '--address', address, '-w', id]);
  await running.noFaults();
  const found = await reconciled();
  expect(found.get('orders')!.differing).toMatchObject([
    { order_id: id, kind: 'order_without_workflow' },
  ]);
  expect((await running.order(id)).needs_attention).toBe(true);
}, 120_000);
