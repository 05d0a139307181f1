import { expect, test } from 'vitest';
import { billableActions } from '../../bench/history.js';
import { percentiles } from '../../bench/summary.js';

const actionsOf = (...events: readonly object[]) => billableActions(events);

test('an activity is one action and each retry one more', () => {
  const scheduled = { activityTaskScheduledEventAttributes: {} };
  const started = (attempt: number) => ({ activityTaskStartedEventAttributes: { attempt } });
  expect(actionsOf(scheduled, started(1))).toBe(1);
  expect(actionsOf(scheduled, started(3))).toBe(3);
});

test('a start, a signal, a timer, an update and a change of search attributes are one action each', () => {
  const events = [
    { workflowExecutionStartedEventAttributes: {} },
    { workflowExecutionSignaledEventAttributes: {} },
    { timerStartedEventAttributes: {} },
    { workflowExecutionUpdateAcceptedEventAttributes: {} },
    { upsertWorkflowSearchAttributesEventAttributes: {} },
  ];
  expect(actionsOf(...events)).toBe(5);
});

test('workflow tasks and completions are no actions', () => {
  expect(actionsOf({ workflowTaskCompletedEventAttributes: {} }, { eventType: 7 })).toBe(0);
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_unused, index) => 200 - index);
  expect(percentiles(values)).toEqual({ p50: 100, p95: 190, p99: 198 });
});

test('of a single value all percentiles are that value', () => {
  expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
});
