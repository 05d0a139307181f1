import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedEnvironment } from '../support/environment.js';
import {
  aReturnInput,
  decide,
  inspect,
  live,
  mug,
  refusal,
  ReturnFakes,
  soon,
} from '../support/return-worker.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

const approval = ['damaged_goods'];

test('a return that needs approval goes on when a person approves', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval }));
  await live(environment, returns, async (handle) => {
    expect(await decide(handle, 'approve')).toMatchObject({ status: 'awaiting_goods' });
    await handle.terminate();
  });
  expect(returns.facts[0]).toBe('return.approved');
});

test('a return that needs approval changes nothing when a person rejects it', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval }));
  const summary = await live(environment, returns, async (handle) => {
    expect(await decide(handle, 'reject')).toMatchObject({ status: 'refused' });
    return handle.result();
  });
  expect(summary.status).toBe('refused');
  expect(returns.fakes.calls).toEqual(['return_refused']);
  expect(returns.facts).toEqual(['return.refused', 'mail.sent']);
});

test('a return that needs approval is refused when nobody decides in time', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval, limits: soon }));
  const summary = await live(environment, returns, (handle) => handle.result());
  expect(summary.status).toBe('refused');
  expect(returns.fakes.timelines.get(returns.input.orderId)?.[0]).toMatchObject({
    type: 'return.refused',
    by: 'policy',
  });
});

test('a return that needs approval is decided once, also by two people at once', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval }));
  await live(environment, returns, async (handle) => {
    const decisions = ['mia', 'ben'].map((by) => decide(handle, 'approve', by));
    const settled = await Promise.allSettled(decisions);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await handle.terminate();
  });
  expect(returns.facts.filter((fact) => /approved|refused/.test(fact))).toHaveLength(1);
});

test('a return that needs approval is not refused by a message that says nothing', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval }));
  await live(environment, returns, async (handle) => {
    for (const nothing of [{}, null, { decision: 'perhaps', by: 'mia', reason: 'x' }]) {
      const sent = handle.executeUpdate('approveReturn', { args: [nothing] });
      await expect(sent).rejects.toThrow();
    }
    expect(await decide(handle, 'approve')).toMatchObject({ status: 'awaiting_goods' });
    await handle.terminate();
  });
  expect(returns.facts).not.toContain('return.refused');
});

test('a return that needs approval takes no goods before, and no decision after', async () => {
  const returns = new ReturnFakes(aReturnInput({ approval }));
  await live(environment, returns, async (handle) => {
    expect(await refusal(inspect(handle, mug('restock')))).toContain('awaiting_approval');
    await decide(handle, 'approve');
    expect(await refusal(decide(handle, 'reject'))).toContain('awaiting_goods');
    await handle.terminate();
  });
});
