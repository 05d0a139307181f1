import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { typeid } from 'typeid-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  keepReconciliationSchedule,
  reconciliationScheduleId,
} from '../../src/workers/reconciliation-schedule.js';
import { sharedEnvironment } from '../support/environment.js';
import { waitFor } from '../support/wait-for.js';

const hourMs = 3_600_000;
let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(async () => {
  await schedule().delete();
  await environment.teardown();
});

const schedule = () => environment.client.schedule.getHandle(reconciliationScheduleId);
const newQueue = () => typeid('queue').toString();
const keep = (taskQueue: string, intervalMs: number) =>
  keepReconciliationSchedule(environment.client, taskQueue, intervalMs);

test('workers that start at the same time leave one schedule, with the interval that is set', async () => {
  const queue = newQueue();
  await Promise.all([keep(queue, hourMs), keep(queue, hourMs), keep(queue, hourMs)]);
  const { spec, action, policies } = await schedule().describe();
  expect(spec.intervals).toMatchObject([{ every: hourMs }]);
  expect(action).toMatchObject({ workflowType: 'reconcile', taskQueue: queue });
  expect(policies.overlap).toBe('SKIP');
});

test('a new interval is taken over, and a pause stays', async () => {
  const queue = newQueue();
  await keep(queue, hourMs);
  await schedule().pause('by a person');
  await keep(queue, 2 * hourMs);
  const { spec, state } = await schedule().describe();
  expect(spec.intervals).toMatchObject([{ every: 2 * hourMs }]);
  expect(state).toMatchObject({ paused: true, note: 'by a person' });
  await schedule().unpause();
});

test('an interval of 0 runs nothing by itself, and can still be triggered', async () => {
  const queue = newQueue();
  await keep(queue, 0);
  const before = await schedule().describe();
  expect(before.spec.intervals ?? []).toEqual([]);
  expect(before.info.nextActionTimes).toEqual([]);
  await schedule().trigger();
  await waitFor('another run', async () => {
    const { info } = await schedule().describe();
    expect(info.recentActions.length).toBeGreaterThan(before.info.recentActions.length);
  });
});
