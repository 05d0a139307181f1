import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/api/metrics.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { publishRound } from '../../src/events/publisher.js';
import { fillOutbox, plainEvent, useEventLog } from '../events/event-log.js';
import { fencesOf } from '../docs/pages.js';
import { testDatabase } from '../support/postgres.js';

const log = useEventLog({ perTest: true });

/** The values of these series; undefined for one that is not shown. */
const values = (...series: string[]) => valuesIn(log.database, series);

async function valuesIn(database: Database, series: readonly string[]) {
  const { text } = await createMetrics(database).read();
  return series.map((name) => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  });
}

const execute = (statement: string) => sql.raw(statement).execute(log.database);

const undos = (undo: string) =>
  values(
    ...['started', 'failed', 'done'].map(
      (state) => `orders_compensations{undo="${undo}",state="${state}"}`,
    ),
    `orders_compensation_oldest_age_seconds{undo="${undo}"}`,
  );

test('before anything happened each figure has its series', async () => {
  expect(await undos('voidLabel')).toEqual([0, 0, 0, 0]);
  expect(
    await values(
      'orders_figures_readable',
      'orders_attention_open{reason="books_differ",owner="payments"}',
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
  ).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('webhook deliveries are counted by their state, and endpoints by their state', async () => {
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
  expect(
    await values(
      'orders_webhook_deliveries{state="waiting"}',
      'orders_webhook_deliveries{state="dead"}',
      'orders_webhook_endpoints{state="enabled"}',
      'orders_webhook_endpoints{state="disabled"}',
      'orders_webhook_endpoints{state="open"}',
    ),
  ).toEqual([3, 1, 1, 1, 0]);
});

const outbox = () =>
  values(
    'orders_outbox_waiting',
    'orders_outbox_oldest_age_seconds',
    'orders_outbox_held_orders',
    'orders_events_position',
  );

test('what waits in the outbox is counted, with its age', async () => {
  await fillOutbox(log.database, 12);
  await execute(`update orders.outbox set at = at - interval '1 hour'`);
  const [waiting, age] = await outbox();
  expect(waiting).toBe(12);
  expect(age).toBeGreaterThanOrEqual(3_600);
  await log.publishAll();
  expect(await outbox()).toEqual([0, 0, 0, 12]);
});

test('an order that cannot be published is a figure of its own, and not a slow relay', async () => {
  await fillOutbox(log.database, 10);
  await execute(`update orders.outbox set at = at - interval '1 hour'`);
  await publishRound(log.database, (row) => {
    if (row.sequence === 4) throw new Error('no such event');
    return plainEvent(row);
  });
  expect(await outbox()).toEqual([7, 0, 1, 3]);
});

test('each consumer shows how far it is behind, in events and in seconds', async () => {
  await fillOutbox(log.database, 20);
  await log.publishAll();
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

test('quarantined events are counted by consumer and state', async () => {
  await execute(`insert into events.groups (name) values ('picky')`);
  await execute(`insert into events.quarantined (group_name, event_id, order_id, position, state)
    values ('picky', 'e1', 'o1', 1, 'dead'), ('picky', 'e2', 'o1', 2, 'held'),
      ('picky', 'e3', 'o1', 3, 'held'), ('picky', 'e4', 'o2', 4, 'retrying')`);
  const parked = (state: string) =>
    `orders_consumer_parked_events{consumer="picky",state="${state}"}`;
  expect(await values(parked('dead'), parked('held'), parked('retrying'))).toEqual([1, 2, 1]);
});

test('a compensation is counted when it is due, when it failed, and when it is done', async () => {
  const undo = 'voidLabel';
  const orderId = await log.newOrder();
  // A change of a task that was lost may keep the row's status back: the undos count all the same.
  await log.append(orderId, { type: 'compensation.started', cause: 'test', undos: [undo] });
  await execute(`update orders.compensations set started_at = started_at - interval '1 hour'`);
  const [started, failed, done, oldest] = await undos(undo);
  expect([started, failed, done]).toEqual([1, 0, 0]);
  expect(oldest).toBeGreaterThanOrEqual(3_600);

  const item = { reason: 'undo_stuck', subject: undo } as const;
  await log.append(orderId, {
    type: 'attention.raised',
    ...item,
    owner: 'support',
    choices: ['retry'],
  });
  await execute(`update orders.attention set raised_at = raised_at - interval '2 hours'`);
  expect((await undos(undo)).slice(0, 3)).toEqual([1, 1, 0]);
  const attention = () =>
    values(
      'orders_attention_open{reason="undo_stuck",owner="support"}',
      'orders_attention_oldest_age_seconds{reason="undo_stuck",owner="support"}',
    );
  const [open, age] = await attention();
  expect(open).toBe(1);
  expect(age).toBeGreaterThanOrEqual(7_200);

  await log.append(
    orderId,
    { type: 'undo.settled', undo, result: 'marked_done' },
    { type: 'attention.resolved', ...item },
  );
  expect(await undos(undo)).toEqual([1, 0, 1, 0]);
  expect(await attention()).toEqual([0, 0]);
});

test('an old compensation that failed is shown until it is done; one that was done then is not', async () => {
  const orderId = await log.newOrder();
  await execute(`insert into orders.compensations (order_id, key, undo, started_at, done_at,
      failed_at)
    values ('${orderId}', '1', 'refundPayment', now() - interval '9 days', null, now()),
      ('${orderId}', '2', 'refundPayment', now() - interval '9 days', now(), null)`);
  expect((await undos('refundPayment')).slice(0, 3)).toEqual([0, 1, 0]);
});

test('figures that cannot be read are left out, and that is said', async () => {
  const store = await testDatabase({ migrated: false });
  const database = openDatabase({ url: store.url, poolSize: 1 });
  const [orders, events, items, lag, seconds] = await valuesIn(database, [
    'orders_figures_readable',
    'orders_event_figures_readable',
    'orders_attention_open{reason="books_differ",owner="payments"}',
    'orders_consumer_lag_events{consumer="webhooks"}',
    'process_cpu_seconds_total',
  ]);
  expect([orders, events, items, lag]).toEqual([0, 0, undefined, undefined]);
  expect(seconds).toBeGreaterThan(0);
  await database.destroy();
  await store.drop();
});

interface AlertRules {
  readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[];
}

test('each alert of docs/runbook.md uses a figure that is shown', async () => {
  const alerts = fencesOf('docs/runbook.md', 'yaml').flatMap((text) =>
    (parse(text) as AlertRules).groups.flatMap(({ rules }) => rules),
  );
  expect(alerts.length).toBeGreaterThan(3);
  const shown = (await createMetrics(log.database).read()).text.split('\n');
  for (const { alert, expr } of alerts) {
    const [, metric, label = ''] = /(orders_\w+)(?:\{(\w+="\w+")\})?/.exec(expr)!;
    const series = shown.filter((line) => new RegExp(`^${metric!}[ {]`).test(line));
    expect(series.join('\n'), alert).toContain(label === '' ? metric : label);
  }
});
