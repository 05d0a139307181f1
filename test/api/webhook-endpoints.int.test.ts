import { allRows, oneRow } from '../../src/db/database.js';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { systemResolve, type Resolve } from '../../src/events/webhooks/address.js';
import { webhookFanOut } from '../../src/events/webhooks/fan-out.js';
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
  await api.run`delete from events.webhook_endpoints`;
});

const url = 'http://127.0.0.1:9/hook';
const path = '/v1/webhook-endpoints';
interface Made {
  readonly id: string;
  readonly secret: string;
  readonly links: { readonly self: string };
}

const create = async (changes: object = {}): Promise<Made> =>
  (await api.post(path, { url, ...changes }).expect(201)).body as Made;

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
  const { secret, ...shown } = made;
  expect(await api.read(made.links.self)).toEqual(shown);
  const list = { object: 'list', data: [shown], has_more: false, next_cursor: null };
  expect(await api.read(path)).toEqual(list);

  const row = await oneRow<{ secret: string }>(api.database)`
    select * from events.webhook_endpoints`;
  expect(JSON.stringify(row)).not.toContain(secret.slice(6, 30));
  expect(vault.open(made.id, row.secret)).toBe(secret);
  expect(() => vault.open('whe_another', row.secret)).toThrow();
  expect(() => createVault('another key, which is wrong').open(made.id, row.secret)).toThrow();
});

test('what is named is changed, and nothing else', async () => {
  const { id } = await create({ types: ['order.*'], description: 'First' });
  const change = async (body: object) =>
    (await api.post(`${path}/${id}`, body).expect(200)).body as object;
  const undescribed = { description: null, types: ['order.*'] };
  expect(await change({ description: null })).toMatchObject(undescribed);
  expect(await change({ types: [] })).toMatchObject({ types: [], url });
  expect(await change({ url: `${url}2` })).toMatchObject({ url: `${url}2` });
  const disabled = { state: 'disabled', state_reason: 'by_hand' };
  expect(await change({ state: 'disabled' })).toMatchObject(disabled);
  await api.run`update events.webhook_endpoints set consecutive_failures = 99,
    failing_since = now(), circuit_open_until = now() + interval '1 hour'`;
  expect(await api.read(`${path}/${id}`)).toMatchObject({ circuit: 'open' });
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
  const { body } = await api.post(`${path}/${made.id}/rotate-secret`).expect(200);
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
  await api.http.delete(`${path}/${id}`).expect(404);
  await api.http.delete(`${path}/whe_1`).expect(404);
  expect(await allRows(api.database)`select * from events.webhook_deliveries`).toEqual([]);
});

test('there is an end to how many endpoints there may be', async () => {
  await api.run`insert into events.webhook_endpoints (id, url, begins_after, secret)
    select orders.typeid('whe'), ${url}, 0, 'sealed' from generate_series(1, 99)`;
  const answers = await Promise.all([1, 2, 3].map(() => api.post(path, { url })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(refused!.body).toMatchObject({ code: 'too_many_webhook_endpoints' });
});

describe('where only the public internet is allowed', () => {
  test.each(['https://127.0.0.1/', 'https://localhost/', 'http://hooks.example.com/', 'nonsense'])(
    '%s is refused',
    async (wrong) => {
      const { body } = await strict.post(path, { url: wrong }).expect(422);
      expect(body.errors).toMatchObject([{ pointer: '/url', code: 'url_refused' }]);
    },
  );

  test('a name is judged by all of its addresses, at a change too', async () => {
    const named = { url: 'https://hooks.example.com/in' };
    const { body: made } = await strict.post(path, named).expect(201);
    addresses = [...addresses, { address: '10.0.0.1', family: 4 }];
    await strict.post(path, named).expect(422);
    await strict.post(made.links.self, named).expect(422);
    addresses = [];
    const { body } = await strict.post(path, named).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/url', code: 'url_unresolved' }]);
  });
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
  await api.run`update events.webhook_deliveries set state = 'delivered', attempts = 2,
    settled_at = now() where sequence = 1`;
  await api.run`insert into events.webhook_attempts
    select id, 1, now(), 15000, null, 'no answer within 15000 ms' from events.webhook_deliveries
    where sequence = 1 union all
    select id, 2, now(), 12, 204, null from events.webhook_deliveries where sequence = 1`;
  const deliveries = (query = '') => api.read(`${path}/${id}/deliveries${query}`);
  expect(await deliveries('?limit=1')).toMatchObject({ has_more: true });
  expect((await deliveries()).data).toHaveLength(2);
  const delivered = await deliveries('?state=delivered');
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
  const { body: resent } = await api.post(again).expect(202);
  expect(resent).toMatchObject({ state: 'waiting', attempt_count: 2, settled_at: null });
  expect(resent.next_attempt_at).not.toBeNull();
  const wrong = await api.http.get(`${path}/${id}/deliveries?state=lost`).expect(400);
  expect(wrong.body.code).toBe('invalid_query');
});
