import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/api/metrics.js';
import { openDatabase } from '../../src/db/database.js';
import { publishRound } from '../../src/events/publisher.js';
import { fillOutbox, plainEvent, useEventLog } from '../events/event-log.js';
import { testDatabase } from '../support/postgres.js';

const desk = useEventLog({ perTest: true });

/** The values of these series; undefined for one that is not shown. */
async function values(...series: string[]): Promise<readonly (number | undefined)[]> {
  const { text } = await createMetrics(desk.database).read();
  return series.map((name) => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  });
}

const execute = (statement: string) => sql.raw(statement).execute(desk.database);

test('before anything happened there is a line for each figure', async () => {
  expect(
    await values(
      'orders_event_figures_readable',
      'orders_outbox_waiting',
      'orders_outbox_oldest_age_seconds',
      'orders_outbox_held_orders',
      'orders_events_position',
      'orders_consumer_lag_events{consumer="webhooks"}',
      'orders_consumer_lag_seconds{consumer="webhooks"}',
      'orders_consumer_parked_events{consumer="webhooks",state="dead"}',
      'orders_webhook_deliveries{state="waiting"}',
      'orders_webhook_endpoints{state="enabled"}',
    ),
  ).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

const webhooks = (...states: string[]) =>
  values(...states.map((state) => `orders_webhook_deliveries{state="${state}"}`));

test('webhooks that wait and webhooks that are dead are counted, and endpoints by their state', async () => {
  await execute(`insert into events.webhook_endpoints (id, url, state, secret, begins_after)
    values ('whe_1', 'https://a.example', 'enabled', 'x', 0),
      ('whe_2', 'https://b.example', 'disabled', 'x', 0)`);
  await execute(`insert into events.webhook_deliveries (endpoint_id, event_id, order_id, sequence,
      position, type, version, event_at, traceparent, state, next_attempt_at)
    select endpoint, order_id || n, order_id, n, n, 'order.placed', 1, now(), '', state, now() - age
    from (values ('whe_1', 'ord_1', 1, 'waiting', interval '1 minute'),
      ('whe_1', 'ord_1', 2, 'waiting', interval '1 hour'),
      ('whe_1', 'ord_2', 1, 'dead', interval '1 hour'),
      ('whe_2', 'ord_1', 1, 'waiting', interval '1 hour'))
      as message (endpoint, order_id, n, state, age)`);
  expect(await webhooks('waiting', 'dead')).toEqual([3, 1]);
  const [enabled, disabled, open] = await values(
    'orders_webhook_endpoints{state="enabled"}',
    'orders_webhook_endpoints{state="disabled"}',
    'orders_webhook_endpoints{state="open"}',
  );
  expect([enabled, disabled, open]).toEqual([1, 1, 0]);
});

test('what waits in the outbox is counted, with its age', async () => {
  await fillOutbox(desk.database, 12);
  await execute(`update orders.outbox set at = at - interval '1 hour'`);
  const [waiting, age] = await values('orders_outbox_waiting', 'orders_outbox_oldest_age_seconds');
  expect(waiting).toBe(12);
  expect(age).toBeGreaterThanOrEqual(3_600);
  await desk.publishAll();
  expect(
    await values(
      'orders_outbox_waiting',
      'orders_outbox_oldest_age_seconds',
      'orders_events_position',
    ),
  ).toEqual([0, 0, 12]);
});

test('an order that cannot be published is a figure of its own, and not a slow relay', async () => {
  await fillOutbox(desk.database, 10);
  await execute(`update orders.outbox set at = at - interval '1 hour'`);
  await publishRound(desk.database, (row) => {
    if (row.sequence === 4) throw new Error('no such event');
    return plainEvent(row);
  });
  expect(
    await values(
      'orders_outbox_held_orders',
      'orders_outbox_waiting',
      'orders_outbox_oldest_age_seconds',
    ),
  ).toEqual([1, 7, 0]);
});

test('each consumer shows how far it is behind, in events and in seconds', async () => {
  await fillOutbox(desk.database, 20);
  await desk.publishAll();
  await execute(`update events.log set published_at = published_at - interval '10 minutes'
    where position = 15`);
  await execute(`insert into events.groups (name, position) values ('slow', 14), ('quick', 20)`);
  const [slow, seconds, quick, none] = await values(
    'orders_consumer_lag_events{consumer="slow"}',
    'orders_consumer_lag_seconds{consumer="slow"}',
    'orders_consumer_lag_events{consumer="quick"}',
    'orders_consumer_lag_seconds{consumer="quick"}',
  );
  expect([slow, quick, none]).toEqual([6, 0, 0]);
  expect(seconds).toBeGreaterThanOrEqual(600);
});

test('parked events are counted by consumer and state', async () => {
  await execute(`insert into events.groups (name) values ('picky')`);
  await execute(`insert into events.quarantined (group_name, event_id, order_id, position, state)
    values ('picky', 'e1', 'o1', 1, 'dead'), ('picky', 'e2', 'o1', 2, 'held'),
      ('picky', 'e3', 'o1', 3, 'held'), ('picky', 'e4', 'o2', 4, 'retrying')`);
  const parked = (state: string) =>
    `orders_consumer_parked_events{consumer="picky",state="${state}"}`;
  expect(await values(parked('dead'), parked('held'), parked('retrying'))).toEqual([1, 2, 1]);
});

test('figures that cannot be read are left out, and that is said', async () => {
  const store = await testDatabase({ migrated: false });
  const database = openDatabase({ url: store.url, poolSize: 1 });
  const { text } = await createMetrics(database).read();
  expect(text).toContain('orders_event_figures_readable 0');
  expect(text).not.toMatch(/^orders_consumer_lag_events\{/m);
  await database.destroy();
  await store.drop();
});
