import { oneRow, allRows } from '../../src/db/database.js';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { systemResolve, type Resolve } from '../../src/events/webhooks/address.js';
import { webhookFanOut } from '../../src/events/webhooks/index.js';
import { eventsOf, newOrderId } from '../events/event-log.js';
import { useTestApi } from '../support/test-api.js';

const vault = createVault('key-of-these-tests');
let addresses: Awaited<ReturnType<Resolve>>;
const webhooks = (allowInternal: boolean, resolve: Resolve) => ({
  settings: { webhooks: { rules: { allowInternal }, vault, resolve } },
});
const api = useTestApi(webhooks(true, systemResolve));
const strict = useTestApi(webhooks(false, () => Promise.resolve(addresses)));
beforeEach(async () => {
  addresses = [{ address: '93.184.215.14', family: 4 }];
  await sql`delete from events.webhook_endpoints`.execute(api.database);
});

const url = 'http://127.0.0.1:9/hook';
const path = '/v1/webhook-endpoints';
interface Made {
  readonly id: string;
  readonly secret: string;
  readonly links: { readonly self: string };
}

const create = async (body: object = {}): Promise<Made> => {
  const { body: made } = await api.http
    .post(path)
    .send({ url, ...body })
    .expect(201);
  return made as Made;
};

test('an endpoint is made with a secret that is shown once and sealed in the database', async () => {
  const made = await create({ description: 'Warehouse', types: ['order.*', 'payment.authorized'] });
  expect(made).toMatchObject({
    object: 'webhook_endpoint',
    url,
    description: 'Warehouse',
    types: ['order.*', 'payment.authorized'],
    state: 'enabled',
    circuit: 'closed',
  });
  expect(made.id).toMatch(/^whe_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const { body: one } = await api.http.get(made.links.self).expect(200);
  const { body: list } = await api.http.get(path).expect(200);
  const { secret, ...shown } = made;
  expect(one).toEqual(shown);
  expect(list).toEqual({ object: 'list', data: [shown], has_more: false, next_cursor: null });

  const row = await oneRow<{ secret: string }>(
    api.database,
  )`select * from events.webhook_endpoints`;
  expect(JSON.stringify(row)).not.toContain(secret.slice(6, 30));
  expect(vault.open(made.id, row.secret)).toBe(secret);
  expect(() => vault.open('whe_another', row.secret)).toThrow();
  expect(() => createVault('another key, which is wrong').open(made.id, row.secret)).toThrow();
});

test('what is named is changed, and nothing else', async () => {
  const { id } = await create({ types: ['order.*'], description: 'First' });
  const change = async (body: object) =>
    (await api.http.post(`${path}/${id}`).send(body).expect(200)).body as object;
  expect(await change({ description: null })).toMatchObject({
    description: null,
    types: ['order.*'],
  });
  expect(await change({ types: [] })).toMatchObject({ types: [], url });
  expect(await change({ url: `${url}2` })).toMatchObject({ url: `${url}2` });
  expect(await change({ state: 'disabled' })).toMatchObject({
    state: 'disabled',
    state_reason: 'by_hand',
  });
  await sql`update events.webhook_endpoints set consecutive_failures = 99,
    failing_since = now(), circuit_open_until = now() + interval '1 hour'`.execute(api.database);
  expect((await api.http.get(`${path}/${id}`)).body).toMatchObject({ circuit: 'open' });
  expect(await change({ state: 'enabled' })).toMatchObject({
    state: 'enabled',
    state_reason: null,
    circuit: 'closed',
    consecutive_failures: 0,
    failing_since: null,
  });
});

test('a rotation shows the new secret, and until when the old one signs too', async () => {
  const made = await create();
  const { body } = await api.http.post(`${path}/${made.id}/rotate-secret`).expect(200);
  expect(body.secret).toMatch(/^whsec_/);
  expect(body.secret).not.toBe(made.secret);
  const hours = (Date.parse(body.previous_secret_until) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThanOrEqual(24);
});

test('a deleted endpoint is gone with its deliveries', async () => {
  const { id } = await create();
  await deliver();
  await api.http
    .delete(`${path}/${id}`)
    .expect(200, { id, object: 'webhook_endpoint', deleted: true });
  await api.http.get(`${path}/${id}`).expect(404);
  const again = await api.http.delete(`${path}/${id}`).expect(404);
  expect(again.body).toMatchObject({ code: 'webhook_endpoint_not_found' });
  const left = await allRows<Record<string, unknown>>(
    api.database,
  )`select * from events.webhook_deliveries`;
  expect(left).toEqual([]);
});

test('there is an end to how many endpoints there may be', async () => {
  await sql`insert into events.webhook_endpoints (id, url, begins_after, secret)
    select orders.typeid('whe'), ${url}, 0, 'sealed' from generate_series(1, 99)`.execute(
    api.database,
  );
  const answers = await Promise.all([1, 2, 3].map(() => api.http.post(path).send({ url })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  expect(answers.find(({ status }) => status === 409)!.body.code).toBe(
    'too_many_webhook_endpoints',
  );
});

describe('where only the public internet is allowed', () => {
  test.each(['https://127.0.0.1/', 'https://localhost/', 'http://hooks.example.com/', 'nonsense'])(
    '%s is refused',
    async (wrong) => {
      const { body } = await strict.http.post(path).send({ url: wrong }).expect(422);
      expect(body.errors).toMatchObject([{ pointer: '/url', code: 'url_refused' }]);
    },
  );

  test('a name is judged by all of its addresses, at a change too', async () => {
    const named = { url: 'https://hooks.example.com/in' };
    const { body: made } = await strict.http.post(path).send(named).expect(201);
    addresses = [...addresses, { address: '10.0.0.1', family: 4 }];
    await strict.http.post(path).send(named).expect(422);
    await strict.http.post(made.links.self).send(named).expect(422);
    addresses = [];
    const { body } = await strict.http.post(path).send(named).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/url', code: 'url_unresolved' }]);
  });
});

test.each([
  [{}, '/url'],
  [{ url, types: ['order.plced'] }, '/types/0'],
  [{ url, types: ['*'] }, '/types/0'],
  [{ url, secret: 'mine' }, '/secret'],
  [{ url, description: 'x'.repeat(201) }, '/description'],
])('%j points at %s', async (body, pointer) => {
  const answer = await api.http.post(path).send(body).expect(422);
  expect(answer.body.errors[0].pointer).toBe(pointer);
});

test('what is not there is not found, and other methods are told what there is', async () => {
  const unknown = 'whe_01m7y219pffzv8pj63v9wcvshh';
  for (const id of [unknown, 'whe_1', "'; drop table events.log"]) {
    const at = `${path}/${encodeURIComponent(id)}`;
    await api.http.get(at).expect(404);
    await api.http.post(at).send({}).expect(404);
    await api.http.delete(at).expect(404);
    await api.http.post(`${at}/rotate-secret`).expect(404);
    await api.http.get(`${at}/deliveries`).expect(404);
    await api.http.post(`/v1/webhook-deliveries/${encodeURIComponent(id)}/resend`).expect(404);
  }
  const refused = await api.http.put(`${path}/${unknown}`).expect(405);
  expect(refused.headers['allow']).toBe('GET, HEAD, POST, DELETE');
});

/** @returns the order whose two events are due to every endpoint */
async function deliver() {
  const orderId = newOrderId();
  const events = eventsOf(orderId, 2);
  await api.database.transaction().execute(async (transaction) => {
    for (const { id, subject, ordersequence, type, time } of events) {
      await sql`with head as (update events.head set position = position + 1 returning position)
        insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
        select position, ${id}, ${subject}, ${ordersequence}, ${type}, 1, '{}', ${time}
        from head`.execute(transaction);
    }
    await webhookFanOut.apply(transaction, events);
  });
  return orderId;
}

test('deliveries are listed with their tries, and sent again by hand whatever their state', async () => {
  const { id } = await create();
  const orderId = await deliver();
  await sql`update events.webhook_deliveries set state = 'delivered', attempts = 2,
    settled_at = now() where sequence = 1`.execute(api.database);
  await sql`insert into events.webhook_attempts
    select id, 1, now(), 15000, null, 'no answer within 15000 ms' from events.webhook_deliveries
    where sequence = 1 union all
    select id, 2, now(), 12, 204, null from events.webhook_deliveries where sequence = 1`.execute(
    api.database,
  );
  const { body: page } = await api.http.get(`${path}/${id}/deliveries?limit=1`).expect(200);
  expect(page).toMatchObject({ has_more: true });
  const { body: all } = await api.http.get(`${path}/${id}/deliveries`).expect(200);
  expect(all.data).toHaveLength(2);
  const { body: delivered } = await api.http.get(`${path}/${id}/deliveries?state=delivered`);
  expect(delivered.data).toMatchObject([
    {
      object: 'webhook_delivery',
      endpoint_id: id,
      event: { order_id: orderId, sequence: 1 },
      state: 'delivered',
      next_attempt_at: null,
      attempt_count: 2,
      attempts: [
        { number: 2, duration_ms: 12, status_code: 204, error: null },
        { number: 1, duration_ms: 15_000, status_code: null, error: 'no answer within 15000 ms' },
      ],
    },
  ]);
  const again = `/v1/webhook-deliveries/${delivered.data[0].id}/resend`;
  const { body: resent } = await api.http.post(again).expect(202);
  expect(resent).toMatchObject({ state: 'waiting', attempt_count: 2, settled_at: null });
  expect(resent.next_attempt_at).not.toBeNull();
  const wrong = await api.http.get(`${path}/${id}/deliveries?state=lost`).expect(400);
  expect(wrong.body.code).toBe('invalid_query');
});
