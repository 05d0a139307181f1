import type { TestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

interface Items {
  readonly data: readonly { readonly id: string; readonly order_id: string }[];
}

/** A cancelled order whose payment cannot be voided, and the attention item about it. */
export async function stuckUndo(running: TestStack) {
  const { id: orderId } = await running.placeOrder({ service_level: 'demo' });
  await running.waitForFact(orderId, 'payment.authorized');
  const fault = { service: 'payments', operation: 'void', kind: 'error_500', order_id: orderId };
  await running.fault({ ...fault, times: 1_000 });
  await running.post(`/v1/orders/${orderId}/cancel`, { reason: 'test', requested_by: 'test' });
  const attentionId = await waitFor(`an attention item of ${orderId}`, async () => {
    const path = '/v1/attention?reason=undo_stuck&limit=100';
    const { data } = await running.get<Items>('api', path);
    return data.find(({ order_id }) => order_id === orderId)?.id ?? false;
  });
  return { orderId, attentionId };
}
