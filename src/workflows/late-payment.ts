import { runActivity } from './kit/activities.js';
import type { LatePaymentInput } from './messages.js';

/**
 * A payment that came through after its order had given up on it. The order's workflow may have ended,
 * so this one voids or refunds it, however long that takes.
 */
export async function latePayment(input: LatePaymentInput): Promise<void> {
  await runActivity('settleLatePayment', input, 'Give a late payment back');
}
