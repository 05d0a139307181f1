import { expect, vi } from 'vitest';
import type { RunningStack } from '../support/running-stack.js';

interface Item {
  readonly id: string;
  readonly order_id: string;
}

/** An order that is cancelled and whose payment cannot be voided, and what it asks of a person. */
export async function stuckUndo(
  running: RunningStack,
): Promise<{ readonly orderId: string; readonly attentionId: string }> {
  const { id: orderId } = await running.placeOrder({ service_level: 'demo' });
  await running.waitForFact(orderId, 'payment.authorized');
  const fault = { service: 'payments', operation: 'void', kind: 'error_500', order_id: orderId };
  await running.fault({ ...fault, times: 1_000 });
  await running.post(`/v1/orders/${orderId}/cancel`, { reason: 'test', requested_by: 'test' });
  return vi.waitFor(
    async () => {
      const item = (await stuckItems(running)).find(({ order_id }) => order_id === orderId);
      expect(item).toBeDefined();
      return { orderId, attentionId: item!.id };
    },
    { timeout: 30_000, interval: 200 },
  );
}

async function stuckItems(running: RunningStack): Promise<readonly Item[]> {
  const signal = AbortSignal.timeout(5_000);
  const url = `${running.url('api')}/v1/attention?reason=undo_stuck&limit=100`;
  const { data } = (await (await fetch(url, { signal })).json()) as { data: readonly Item[] };
  return data;
}
