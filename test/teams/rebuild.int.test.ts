import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { progressOf, resetTeam, createTeams, findTeams } from '../../src/events/teams.js';
import type { Team } from '../../src/events/team.js';
import { anEvent, makeDue, newOrderId, openLogDesk, type LogDesk } from '../events/log-desk.js';
import { after, placed } from './team-desk.js';

let desk: LogDesk;
let teams: readonly Team[];
beforeAll(async () => {
  desk = await openLogDesk();
  teams = await findTeams();
  await createTeams(desk.database, teams);
});
afterAll(() => desk.stop());

/** An order's whole life; every third one is taken back. */
function life(index: number): OrderEvent[] {
  const id = newOrderId();
  const skus = [`SKU-${index % 5}`, `SKU-${5 + (index % 3)}`].map((sku) => ({ sku }));
  const steps = [
    ['inventory.reserved'],
    ['order.confirmed'],
    ['points.awarded', { points: 100 }],
    ['delivery_partner.assigned', { partner_id: 'p' }],
    ...(index % 3 === 0
      ? [['compensation.started', { cause: 'cancelled' }], ['points.revoked'], ['order.cancelled']]
      : [['shipment.handed_over', { shipment_id: 'shp_1' }], ['order.delivered']]),
  ] as [string, object?][];
  return [placed(id, skus, `cus_${index % 7}`), ...after(id, ...steps)];
}

const drain = async (team: Team): Promise<void> => {
  while ((await runGroup(desk.database, team, { batchSize: 37 })) > 0);
};

/** All rows of all tables of the team, in an order that does not depend on when they were written. */
async function modelOf({ schema }: Team): Promise<unknown> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = ${schema}
    order by 1`.execute(desk.database);
  const all: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await sql`select to_jsonb(t) as row
      from ${sql.table(`${schema}.${name}`)} t order by to_jsonb(t)::text`.execute(desk.database);
    all[name] = rows;
  }
  return all;
}

test('makes the same of all events as the first time, while more of them come', async () => {
  await desk.publish(Array.from({ length: 30 }, (_, index) => life(index)).flat());
  for (const team of teams) await drain(team);
  const before = await Promise.all(teams.map(modelOf));
  expect(JSON.stringify(before).length).toBeGreaterThan(5_000);
  await desk.archive(100);
  for (const team of teams) {
    expect(await resetTeam(desk.database, team)).toBe(true);
    expect((await progressOf(desk.database, team)).position).toBe(0);
    await drain(team);
  }
  expect(await Promise.all(teams.map(modelOf))).toEqual(before);

  for (const team of teams) {
    const publishing = Promise.all(
      Array.from({ length: 5 }, (_, index) => desk.publish(life(100 + index))),
    );
    await resetTeam(desk.database, team);
    await Promise.all([publishing, drain(team)]);
    await drain(team);
    const { position, head } = await progressOf(desk.database, team);
    expect(position).toBe(head);
  }
  for (const team of teams) await drain(team);
  const withMore = await Promise.all(teams.map(modelOf));
  expect(withMore).not.toEqual(before);
  for (const team of teams) {
    await resetTeam(desk.database, team);
    await drain(team);
  }
  expect(await Promise.all(teams.map(modelOf))).toEqual(withMore);
});

test('waits its turn while a copy of the team is at work', async () => {
  const [team] = teams as [Team];
  await desk.database.transaction().execute(async (other) => {
    await sql`select from events.groups where name = ${team.name} for update`.execute(other);
    expect(await resetTeam(desk.database, team)).toBe(false);
  });
  expect(await resetTeam(desk.database, team)).toBe(true);
  await drain(team);
});

test('leaves out again what a person has discarded, and tries again what waited', async () => {
  const team = teams.find(({ name }) => name === 'loyalty-tiers')!;
  await drain(team);
  const [discarded, waiting] = [newOrderId(), newOrderId()];
  const lost = (id: typeof discarded) => anEvent(id, 1, 'points.awarded', { points: 1 });
  await desk.publish([lost(discarded), lost(waiting)]);
  const rules = { maxAttempts: 1 };
  while ((await runGroup(desk.database, team, rules)) > 0);
  const filter = { consumer: team.name };
  const letters = await consumerDeadLetters.list(desk.database, filter, { limit: 10 });
  const letter = letters.find(({ event }) => event.orderId === discarded)!;
  await consumerDeadLetters.discard(desk.database, letter.id, { by: 'mia', reason: 'a test' });
  await makeDue(desk.database);
  await consumerRound(desk.database, team, rules);
  await resetTeam(desk.database, team);
  while ((await runGroup(desk.database, team, rules)) > 0);
  const left = await consumerDeadLetters.list(desk.database, filter, { limit: 10 });
  expect(left.map(({ event }) => event.orderId)).toEqual([waiting]);
});
