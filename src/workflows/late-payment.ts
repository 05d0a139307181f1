import { runActivity } from './kit/activities.js';
import type { LatePaymentInput } from './messages.js';

/**
 * A payment that came through after its order had given up on it: the order's own workflow may have
 * ended, so that one of its own sees to it that the money goes back, however long that takes.
 */
export async function latePayment(input: LatePaymentInput): Promise<void> {
  await runActivity('settleLatePayment', input, 'Give a late payment back');
}
