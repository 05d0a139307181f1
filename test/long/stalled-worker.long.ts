import { test } from 'vitest';
import { quieten } from '../support/environment.js';
import { cancelDuringStall, expectCancelKept } from '../support/stalled-orders.js';
import { useTestStack } from '../support/test-stack.js';

const endLimitMs = 45_000;

quieten();
const stack = useTestStack({ extraEnv: { sandbox: { SANDBOX_LATENCY_MS: '800' } } });

/** The worker is woken between the timeouts of the first and the second workflow task, at 10 and 20 s. */
test.each(
  (['signal', 'api'] as const).flatMap((by) =>
    [15_500, 16_500, 17_000, 17_500, 18_500].map((wakeAtMs) => [by, wakeAtMs] as const),
  ),
)(
  'an order is cancelled by %s while its worker stands still, which is woken after %i ms',
  async (by, wakeAtMs) => {
    const stall = { stopAtMs: 500, cancelAtMs: 12_000, wakeAtMs };
    const orderId = await cancelDuringStall(stack, by, stall);
    await expectCancelKept(stack, orderId, endLimitMs);
  },
  120_000,
);
