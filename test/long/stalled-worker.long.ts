import { afterAll, beforeAll, expect, test } from 'vitest';
import { quieten } from '../support/environment.js';
import { TestStack } from '../support/test-stack.js';
import { cancelDuringStall, violationsOf } from '../support/stalled-orders.js';

const endLimitMs = 45_000;

let running: TestStack;
beforeAll(async () => {
  quieten();
  running = await TestStack.start({ extraEnv: { sandbox: { SANDBOX_LATENCY_MS: '800' } } });
});
afterAll(() => running.stop());

/** The worker is woken between the timeouts of the first and the second workflow task, at 10 and 20 s. */
test.each(
  (['signal', 'api'] as const).flatMap((by) =>
    [15_500, 16_500, 17_000, 17_500, 18_500].map((wakeAtMs) => [by, wakeAtMs] as const),
  ),
)(
  'an order is cancelled by %s while its worker stands still, which is woken after %i ms',
  async (by, wakeAtMs) => {
    const stall = { stopAtMs: 500, cancelAtMs: 12_000, wakeAtMs };
    const orderId = await cancelDuringStall(running, by, stall);
    expect(await violationsOf(running, orderId, endLimitMs)).toEqual([]);
  },
  120_000,
);
