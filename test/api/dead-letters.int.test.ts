import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '../../src/events/dead-letters.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { OrderId } from '../../src/domain/ids.js';
import { eventsOf, newOrderId, refusing, useEventLog } from '../events/event-log.js';
import { useTestApi } from '../support/test-api.js';

const desk = useEventLog();
const api = useTestApi(() => ({ database: desk.database }));

const rules = { maxAttempts: 1 };
let groups = 0;

/** A consumer that has refused the first of each order's three events for good. */
async function mourn(orders = 1) {
  groups += 1;
  const poison = new Set<string>();
  const consumer = await refusing(desk.database, `api_${groups}`, ({ id }) => poison.has(id));
  const orderIds: OrderId[] = [];
  for (let index = 0; index < orders; index += 1) {
    const events = eventsOf(newOrderId(), 3);
    poison.add(events[0]!.id);
    orderIds.push(events[0]!.subject);
    await desk.publish(events);
  }
  while ((await runGroup(desk.database, consumer, rules)) > 0);
  return { consumer, poison, orderIds };
}

const list = async (query: object = {}) =>
  (await api.http.get('/v1/dead-letters').query(query).expect(200)).body as {
    data: (Omit<DeadLetter, 'event'> & { event: { order_id: OrderId } })[];
    has_more: boolean;
    next_cursor: string | null;
  };

describe('GET /v1/dead-letters', () => {
  test('shows who refused what, why, since when, and how much waits behind it', async () => {
    const { consumer, orderIds } = await mourn();
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

  test('pages through all of them, each once, also when some are settled meanwhile', async () => {
    const { consumer, orderIds } = await mourn(5);
    const seen: OrderId[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list({
        consumer: consumer.name,
        limit: 2,
        ...(cursor !== '' && { starting_after: cursor }),
      });
      seen.push(...page.data.map(({ event }) => event.order_id));
      cursor = page.next_cursor;
      if (cursor !== null) await api.http.post(`/v1/dead-letters/${cursor}/replay`).send({});
    }
    expect(seen).toEqual(orderIds);
  });

  test('finds those of one order', async () => {
    const { orderIds } = await mourn(2);
    const { data } = await list({ order_id: orderIds[1] });
    expect(data.map(({ event }) => event.order_id)).toEqual([orderIds[1]]);
  });
});

describe('a dead letter', () => {
  test('is replayed once, however often that is asked for', async () => {
    const { consumer, poison, orderIds } = await mourn();
    const [letter] = (await list({ consumer: consumer.name })).data;
    poison.clear();
    const replay = () => api.http.post(`/v1/dead-letters/${letter!.id}/replay`).send({ by: 'mia' });
    expect((await replay().expect(200)).body).toEqual({
      object: 'dead_letter_decision',
      id: letter!.id,
      decision: 'replayed',
      changed: true,
    });
    await consumerRound(desk.database, consumer, rules);
    expect((await replay().expect(200)).body).toMatchObject({ changed: false });
    expect(await consumer.effects(orderIds[0])).toHaveLength(3);
    const late = await api.http
      .post(`/v1/dead-letters/${letter!.id}/discard`)
      .send({ reason: 'x' })
      .expect(409);
    expect(late.body).toMatchObject({ code: 'dead_letter_in_wrong_state', state: 'settled' });
  });

  test('is discarded with a reason, and its order goes on', async () => {
    const { consumer, orderIds } = await mourn();
    const [letter] = (await list({ consumer: consumer.name })).data;
    const discard = (body: object) =>
      api.http.post(`/v1/dead-letters/${letter!.id}/discard`).send(body);
    const refused = await discard({ by: 'mia' }).expect(422);
    expect(refused.body).toMatchObject({ errors: [{ pointer: '/reason' }] });
    expect((await discard({ reason: 'seen', by: 'mia' }).expect(200)).body.changed).toBe(true);
    expect((await discard({ reason: 'seen', by: 'mia' }).expect(200)).body.changed).toBe(false);
    await consumerRound(desk.database, consumer, rules);
    expect(await consumer.effects(orderIds[0])).toHaveLength(2);
    const late = await api.http.post(`/v1/dead-letters/${letter!.id}/replay`).send({}).expect(409);
    expect(late.body).toMatchObject({ state: 'discarded' });
  });

  test.each(['dlt_01m7y219pffzv8pj63v9wcvshh', 'whd_01m7y219pffzv8pj63v9wcvshh', 'dlt_x', 'ord_1'])(
    'that is not there (%s) is not found',
    async (id) => {
      for (const [action, body] of [
        ['replay', {}],
        ['discard', { reason: 'x' }],
      ] as const) {
        const answer = await api.http.post(`/v1/dead-letters/${id}/${action}`).send(body);
        expect(answer.status).toBe(404);
        expect(answer.body.code).toBe('dead_letter_not_found');
      }
    },
  );
});

describe('a fact for which there is no event', () => {
  test('is shown and replayed like a dead letter, and cannot be discarded', async () => {
    const order = newOrderId();
    await sql`insert into events.unpublished (order_id, outbox_id, sequence, type, error, retry_at)
      values (${order}, 1, 3, 'order.dreamt', 'UnknownFact', 'infinity')`.execute(desk.database);
    await sql`insert into orders.outbox (order_id, sequence, type, data, at)
      values (${order}, 3, 'order.dreamt', '{}', now())`.execute(desk.database);
    const [letter] = (await list({ consumer: 'publisher', order_id: order })).data;
    expect(letter).toMatchObject({
      consumer: 'publisher',
      event: { id: `evt_${order.slice(4)}_3`, type: 'order.dreamt', order_id: order },
    });
    const act = (action: string, body: object) =>
      api.http.post(`/v1/dead-letters/${letter!.id}/${action}`).send(body);
    expect((await act('discard', { reason: 'x' }).expect(409)).body.state).toBe('unpublished');
    expect((await act('replay', {}).expect(200)).body.changed).toBe(true);
    const { rows } = await sql`select from events.unpublished
      where order_id = ${order} and retry_at <= now()`.execute(desk.database);
    expect(rows).toHaveLength(1);
    await sql`delete from events.unpublished`.execute(desk.database);
    await act('replay', {}).expect(404);
  });
});

describe('POST /v1/dead-letters/replay', () => {
  test('replays all of one consumer, or all', async () => {
    const [one, two] = [await mourn(2), await mourn(1)];
    const replay = (body: object) => api.http.post('/v1/dead-letters/replay').send(body);
    const first = await replay({ consumer: one.consumer.name, by: 'mia' }).expect(200);
    expect(first.body).toEqual({ object: 'replay', replayed: 2, has_more: false });
    expect((await list({ consumer: one.consumer.name })).data).toEqual([]);
    expect((await list({ consumer: two.consumer.name })).data).toHaveLength(1);
    expect((await replay({}).expect(200)).body.replayed).toBeGreaterThanOrEqual(1);
    expect((await list()).data).toEqual([]);
    expect((await replay({}).expect(200)).body.replayed).toBe(0);
  });
});
