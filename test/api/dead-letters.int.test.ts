import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '../../src/events/dead-letters.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { OrderId } from '../../src/domain/ids.js';
import { eventsOf, newOrderId, refusing, useEventLog } from '../events/event-log.js';
import { useTestApi } from '../support/test-api.js';

const log = useEventLog();
const api = useTestApi(() => ({ database: log.database }));

const rules = { maxAttempts: 1 };
let groups = 0;

/** A consumer that has refused the first of each order's three events for good. */
async function refuseFirst(orders = 1) {
  groups += 1;
  const poison = new Set<string>();
  const consumer = await refusing(log.database, `api_${groups}`, ({ id }) => poison.has(id));
  const orderIds: OrderId[] = [];
  for (let index = 0; index < orders; index += 1) {
    const events = eventsOf(newOrderId(), 3);
    poison.add(events[0]!.id);
    orderIds.push(events[0]!.subject);
    await log.publish(events);
  }
  while ((await runGroup(log.database, consumer, rules)) > 0);
  return { consumer, poison, orderIds };
}

const act = (id: string, action: string, body: object = {}) =>
  api.post(`/v1/dead-letters/${id}/${action}`, body);

const list = async (query: object = {}) =>
  (await api.http.get('/v1/dead-letters').query(query).expect(200)).body as {
    data: (Omit<DeadLetter, 'event'> & { event: { order_id: OrderId } })[];
    has_more: boolean;
    next_cursor: string | null;
  };

async function refuseOne() {
  const refused = await refuseFirst();
  const [dead] = (await list({ consumer: refused.consumer.name })).data;
  return { ...refused, dead };
}

describe('GET /v1/dead-letters', () => {
  test('shows who refused what, why, since when, and how much waits behind it', async () => {
    const { consumer, orderIds } = await refuseFirst();
    const { data } = await list({ consumer: consumer.name });
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^dlt_/),
        object: 'dead_letter',
        consumer: consumer.name,
        event: {
          id: `evt_${orderIds[0]!.slice(4)}_1`,
          type: 'order.confirmed',
          order_id: orderIds[0],
          sequence: 1,
        },
        error: `Error: I do not like evt_${orderIds[0]!.slice(4)}_1`,
        attempts: 1,
        first_failed_at: expect.any(String),
        died_at: expect.any(String),
        held_back: 2,
      },
    ]);
  });

  test('pages through all of them, each once, also when some are resolved meanwhile', async () => {
    const { consumer, orderIds } = await refuseFirst(5);
    const seen: OrderId[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after = cursor === '' ? {} : { starting_after: cursor };
      const page = await list({ consumer: consumer.name, limit: 2, ...after });
      seen.push(...page.data.map(({ event }) => event.order_id));
      cursor = page.next_cursor;
      if (cursor !== null) await act(cursor, 'replay');
    }
    expect(seen).toEqual(orderIds);
  });

  test('finds those of one order', async () => {
    const { orderIds } = await refuseFirst(2);
    const { data } = await list({ order_id: orderIds[1] });
    expect(data.map(({ event }) => event.order_id)).toEqual([orderIds[1]]);
  });
});

describe('a dead letter', () => {
  test('is replayed once, however often that is asked for', async () => {
    const { consumer, poison, orderIds, dead } = await refuseOne();
    poison.clear();
    const replay = () => act(dead!.id, 'replay', { by: 'mia' });
    expect((await replay().expect(200)).body).toEqual({
      object: 'dead_letter_decision',
      id: dead!.id,
      decision: 'replayed',
      changed: true,
    });
    await consumerRound(log.database, consumer, rules);
    expect((await replay().expect(200)).body).toMatchObject({ changed: false });
    expect(await consumer.effects(orderIds[0])).toHaveLength(3);
    const late = await act(dead!.id, 'discard', { reason: 'x' }).expect(409);
    expect(late.body).toMatchObject({ code: 'dead_letter_in_wrong_state', state: 'settled' });
  });

  test('is discarded with a reason, and its order goes on', async () => {
    const { consumer, orderIds, dead } = await refuseOne();
    const discard = (body: object) => act(dead!.id, 'discard', body);
    const refused = await discard({ by: 'mia' }).expect(422);
    expect(refused.body).toMatchObject({ errors: [{ pointer: '/reason' }] });
    expect((await discard({ reason: 'seen', by: 'mia' }).expect(200)).body.changed).toBe(true);
    expect((await discard({ reason: 'seen', by: 'mia' }).expect(200)).body.changed).toBe(false);
    await consumerRound(log.database, consumer, rules);
    expect(await consumer.effects(orderIds[0])).toHaveLength(2);
    const late = await act(dead!.id, 'replay').expect(409);
    expect(late.body).toMatchObject({ state: 'discarded' });
  });
});

describe('a fact for which there is no event', () => {
  test('is shown and replayed like a dead letter, and cannot be discarded', async () => {
    const order = newOrderId();
    await sql`insert into events.unpublished (order_id, outbox_id, sequence, type, error, retry_at)
      values (${order}, 1, 3, 'order.dreamt', 'UnknownFact', 'infinity')`.execute(log.database);
    await sql`insert into orders.outbox (order_id, sequence, type, data, at)
      values (${order}, 3, 'order.dreamt', '{}', now())`.execute(log.database);
    const [dead] = (await list({ consumer: 'publisher', order_id: order })).data;
    expect(dead).toMatchObject({
      consumer: 'publisher',
      event: { id: `evt_${order.slice(4)}_3`, type: 'order.dreamt', order_id: order },
    });
    expect((await act(dead!.id, 'discard', { reason: 'x' }).expect(409)).body.state).toBe(
      'unpublished',
    );
    expect((await act(dead!.id, 'replay').expect(200)).body.changed).toBe(true);
    const { rows } = await sql`select from events.unpublished
      where order_id = ${order} and retry_at <= now()`.execute(log.database);
    expect(rows).toHaveLength(1);
    await sql`delete from events.unpublished`.execute(log.database);
    await act(dead!.id, 'replay').expect(404);
  });
});

describe('POST /v1/dead-letters/replay', () => {
  test('replays all of one consumer, or all', async () => {
    const [one, two] = [await refuseFirst(2), await refuseFirst(1)];
    const replay = (body: object) => api.post('/v1/dead-letters/replay', body);
    const first = await replay({ consumer: one.consumer.name, by: 'mia' }).expect(200);
    expect(first.body).toEqual({ object: 'replay', replayed: 2, has_more: false });
    expect((await list({ consumer: one.consumer.name })).data).toEqual([]);
    expect((await list({ consumer: two.consumer.name })).data).toHaveLength(1);
    expect((await replay({}).expect(200)).body.replayed).toBeGreaterThanOrEqual(1);
    expect((await list()).data).toEqual([]);
    expect((await replay({}).expect(200)).body.replayed).toBe(0);
  });
});
