import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { quieten } from '../support/environment.js';
import { useTestStack } from '../support/test-stack.js';
import { cancelDuringStall, expectCancelKept } from '../support/stalled-orders.js';

const endLimitMs = 20_000;

quieten();
const stack = useTestStack({
  scripts: { api: fileURLToPath(new URL('fixtures/short-task-api.mjs', import.meta.url)) },
  extraEnv: { sandbox: { SANDBOX_LATENCY_MS: '800' } },
});

/**
 * The worker is woken between the timeouts of the first and the second workflow task, at 2 and 4 s.
 * test/long/stalled-worker.long.ts does the same at the timeout that the service has.
 */
test.each([
  ['signal', 3_300],
  ['api', 3_300],
] as const)(
  'an order is cancelled by %s while its worker stands still, which is woken after %i ms',
  async (by, wakeAtMs) => {
    const stall = { stopAtMs: 500, cancelAtMs: 2_400, wakeAtMs };
    const orderId = await cancelDuringStall(stack, by, stall);
    await expectCancelKept(stack, orderId, endLimitMs);
  },
  60_000,
);
