import { expect, test } from 'vitest';
import { billableActions } from '../../bench/outcome.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack({ roles: ['sandbox', 'worker', 'api'] });

/** With every step an activity; under load Temporal puts more of them into one workflow task. */
const budget = 92;

/** A step, or a mail, is one; Temporal Cloud bills each, and what else `billableActions` counts. */
const activities = 13;
const mostActions = 20;

test(`a member's delivered order costs ${activities} activities, ${mostActions} actions and ${budget} events at most`, async () => {
  const counts: { events: number; actions: number; activities: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { id } = await stack.placeOrder();
    await stack.waitForStatus(id, 'delivered');
    const handle = stack.temporal.workflow.getHandle(id);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const all = events ?? [];
    const scheduled = all.filter((event) => event.activityTaskScheduledEventAttributes).length;
    counts.push({ events: all.length, actions: billableActions(all), activities: scheduled });
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  const least = (name: 'events' | 'actions' | 'activities') =>
    Math.min(...counts.map((count) => count[name]));
  // A busy machine only ever adds: a slow workflow task reports itself alive, a slow step is retried.
  expect(least('events')).toBeLessThanOrEqual(budget);
  expect(least('actions')).toBeLessThanOrEqual(mostActions);
  expect(least('activities')).toBe(activities);
});
