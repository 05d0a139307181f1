import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../src/api/metrics.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { openDatabase } from '../../src/db/database.js';
import type { Fact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { testDatabase } from '../support/postgres.js';
import { placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
let metrics: Metrics;
let orderId: OrderId;
beforeAll(() => {
  metrics = createMetrics(api.database);
});
beforeEach(async () => {
  orderId = (await placeOrder(api)).id;
});

const tell = (key: string, facts: readonly Fact[]) =>
  postgresJournal(api.database).append({ orderId, key, facts });

/** The value of one series, or undefined when it is not shown. */
async function value(series: string, from = metrics): Promise<number | undefined> {
  const { text } = await from.read();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

const undos = (state: string) => value(`orders_compensations{undo="voidLabel",state="${state}"}`);
const oldest = () => value('orders_compensation_oldest_age_seconds{undo="voidLabel"}');

test('every undo and every reason has its series before anything happened', async () => {
  expect(await undos('failed')).toBe(0);
  expect(await oldest()).toBe(0);
  expect(await value('orders_attention_open{reason="books_differ",owner="payments"}')).toBe(0);
  expect(await value('orders_figures_readable')).toBe(1);
});

test('an undo is counted when it is due, when it failed, and when it is done', async () => {
  const undo = 'voidLabel';
  // A change of a task that was lost may keep the row's status back: the undos count all the same.
  await tell('compensation', [{ type: 'compensation.started', cause: 'test', undos: [undo] }]);
  expect(await undos('started')).toBe(1);
  expect(await undos('done')).toBe(0);
  await sql`update orders.compensations set started_at = started_at - interval '1 hour'`.execute(
    api.database,
  );
  expect(await oldest()).toBeGreaterThanOrEqual(3_600);

  const item = { reason: 'undo_stuck', subject: undo } as const;
  await tell('stuck', [
    { type: 'attention.raised', ...item, owner: 'support', choices: ['retry'] },
  ]);
  expect(await undos('failed')).toBe(1);
  expect(await value('orders_attention_open{reason="undo_stuck",owner="support"}')).toBe(1);
  await sql`update orders.attention set raised_at = raised_at - interval '2 hours'`.execute(
    api.database,
  );
  const age = 'orders_attention_oldest_age_seconds{reason="undo_stuck",owner="support"}';
  expect(await value(age)).toBeGreaterThanOrEqual(7_200);

  await tell('settled', [
    { type: 'undo.settled', undo, result: 'marked_done' },
    { type: 'attention.resolved', ...item },
  ]);
  expect(await undos('done')).toBe(1);
  expect(await undos('failed')).toBe(0);
  expect(await oldest()).toBe(0);
  expect(await value('orders_attention_open{reason="undo_stuck",owner="support"}')).toBe(0);
});

test('an undo that failed days ago is shown until it is done; one that was done then is not', async () => {
  await sql`insert into orders.compensations (order_id, key, undo, started_at, done_at, failed_at)
    values (${orderId}, 'refundPayment:1', 'refundPayment', now() - interval '9 days', null, now()),
      (${orderId}, 'refundPayment:2', 'refundPayment', now() - interval '9 days', now(), null)
  `.execute(api.database);
  const refunds = (state: string) =>
    value(`orders_compensations{undo="refundPayment",state="${state}"}`);
  expect(await refunds('failed')).toBe(1);
  expect(await refunds('started')).toBe(0);
  expect(await refunds('done')).toBe(0);
});

test('without its database the process still shows its own metrics, and says what is missing', async () => {
  const store = await testDatabase({ migrated: false });
  const database = openDatabase({ url: store.url, poolSize: 1 });
  const blind = createMetrics(database);
  expect(await value('orders_figures_readable', blind)).toBe(0);
  expect(await value('orders_attention_open{reason="books_differ",owner="payments"}', blind)).toBe(
    undefined,
  );
  expect(await value('process_cpu_seconds_total', blind)).toBeGreaterThan(0);
  await database.destroy();
  await store.drop();
});
