import { expect, test } from 'vitest';
import { team } from '../../src/teams/loyalty-tiers/team.js';
import { standingOf } from '../../src/teams/loyalty-tiers/account.js';
import { anEvent, newOrderId } from '../events/event-log.js';
import { placed, after, useTeam } from './use-team.js';

const { take, ask, quarantined } = useTeam(team);

let members = 0;
const newMember = () => `cus_${(members += 1)}`;
const tierOf = (member: string) => ask(`/v1/members/${member}/tier`);
const goods = [{ sku: 'TEA' }];

test.each([
  [0, { tier: 'bronze', next: { tier: 'silver', missing: 500 } }],
  [499, { tier: 'bronze', next: { tier: 'silver', missing: 1 } }],
  [500, { tier: 'silver', next: { tier: 'gold', missing: 1_500 } }],
  [1_999, { tier: 'silver', next: { tier: 'gold', missing: 1 } }],
  [2_000, { tier: 'gold', next: null }],
])('%i points have their tier', (points, standing) => {
  expect(standingOf(points)).toEqual(standing);
});

test('a member has the points of all orders, less what was revoked', async () => {
  const member = newMember();
  const [one, two, three] = [newOrderId(), newOrderId(), newOrderId()];
  await take([
    placed(one, goods, member),
    ...after(one, ['points.awarded', { points: 450 }]),
    placed(two, goods, member),
    ...after(two, ['points.awarded', { points: 200 }], ['points.revoked', { points: 50 }]),
    placed(three, goods, member),
    ...after(three, ['points.awarded', { points: 1_000 }], ['points.revoked']),
  ]);
  expect(await tierOf(member)).toMatchObject({ points: 600, tier: 'silver' });
});

test('no more points are revoked than an order gave', async () => {
  const member = newMember();
  const id = newOrderId();
  const back = ['points.revoked', { points: 80 }] as const;
  const steps = [['points.awarded', { points: 100 }] as const, back, back, ['points.revoked']];
  await take([placed(id, goods, member), ...after(id, ...(steps as [string][]))], 1);
  expect(await tierOf(member)).toMatchObject({ points: 0, tier: 'bronze' });
});

test('somebody who never ordered as a member has no tier', async () => {
  expect(await tierOf('nobody')).toBeUndefined();
  const guest = newMember();
  const id = newOrderId();
  const event = placed(id, goods, guest);
  await take([{ ...event, data: { ...(event.data as object), is_member: false } }]);
  expect(await tierOf(guest)).toBeUndefined();
});

test('points for an order that was never placed are quarantined; other orders continue', async () => {
  const member = newMember();
  const id = newOrderId();
  const lost = anEvent(newOrderId(), 3, 'points.awarded', { points: 10 });
  await take([lost, placed(id, goods, member), ...after(id, ['points.awarded', { points: 10 }])]);
  expect(await quarantined()).toMatchObject([
    { event_id: lost.id, error: `UnknownOrder: ${lost.subject} was never placed` },
  ]);
  expect(await tierOf(member)).toMatchObject({ points: 10 });
});
