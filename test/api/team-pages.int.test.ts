import { expect, test } from 'vitest';
import { runGroup } from '../../src/events/consumer-runner.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { newOrderId, useEventLog } from '../events/event-log.js';
import { after, placed } from '../teams/use-team.js';
import { useTestApi } from '../support/test-api.js';

const log = useEventLog();
let teams: readonly Team[];
const api = useTestApi(async () => {
  teams = await findTeams();
  await createTeams(log.database, teams);
  return { database: log.database, teams };
});
const withoutTeams = useTestApi();

test('the pages of the installed teams are served', async () => {
  const id = newOrderId();
  await log.publish([
    placed(id, [{ sku: 'TEA', seller: 'sel_9' }], 'cus_9'),
    ...after(id, ['order.confirmed'], ['points.awarded', { points: 700 }]),
  ]);
  for (const team of teams) await runGroup(log.database, team);
  expect(await api.read('/v1/sellers/sel_9/orders?state=open')).toMatchObject({
    data: [{ order_id: id, lines: [{ sku: 'TEA', quantity: 1 }] }],
  });
  expect(await api.read('/v1/members/cus_9/tier')).toMatchObject({ tier: 'silver', points: 700 });
  expect(await api.read(`/v1/orders/${id}/recommendations`)).toMatchObject({ data: [] });
  const range = 'from=2026-01-05T00:00:00Z&until=2026-01-06T00:00:00Z';
  expect(await api.read(`/v1/analytics/orders?${range}`)).toMatchObject({ orders: 1 });
});

test.each([
  '/v1/sellers/nobody/orders',
  '/v1/members/nobody/tier',
  `/v1/members/${'x'.repeat(200)}/tier`,
  '/v1/members/%00/tier',
  `/v1/orders/${newOrderId()}/recommendations`,
])('a team page about an unknown subject is answered 404: %s', async (path) => {
  const { body } = await api.http.get(path).expect(404);
  expect(body).toMatchObject({ code: 'nothing_known' });
});

test.each([
  ['/v1/sellers/sel_9/orders?state=lost', 'state'],
  ['/v1/sellers/sel_9/orders?limit=101', 'limit'],
  ['/v1/members/cus_9/tier?colour=red', 'colour'],
  ['/v1/orders/ord_1/recommendations?limit=0', 'limit'],
  ['/v1/analytics/orders?from=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z', 'from'],
])('a team page refuses a wrong query: %s', async (path, parameter) => {
  const { body } = await api.http.get(path).expect(400);
  expect(body).toMatchObject({ code: 'invalid_query', errors: [{ parameter }] });
});

test('a team page can only be read', async () => {
  await api.http.post('/v1/members/cus_9/tier').send({}).expect(405);
});

test('the page of a team that is not installed is answered 404', async () => {
  const { body } = await withoutTeams.http.get('/v1/members/cus_9/tier').expect(404);
  expect(body).toMatchObject({ code: 'route_not_found' });
});
