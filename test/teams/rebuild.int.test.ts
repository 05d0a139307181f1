import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { progressOf, resetTeam, createTeams, findTeams } from '../../src/events/teams.js';
import type { Team } from '../../src/events/team.js';
import { anEvent, makeDue, newOrderId, useEventLog } from '../events/event-log.js';
import { after, placed } from './use-team.js';

const log = useEventLog();
let teams: readonly Team[];
beforeAll(async () => {
  teams = await findTeams();
  await createTeams(log.database, teams);
});

/** All events of an order; every third one compensates. */
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
  while ((await runGroup(log.database, team, { batchSize: 37 })) > 0);
};

/** All rows of all tables of the team, in an order that does not depend on when they were written. */
async function modelOf({ schema }: Team): Promise<unknown> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = ${schema}
    order by 1`.execute(log.database);
  const all: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await sql`select to_jsonb(t) as row
      from ${sql.table(`${schema}.${name}`)} t order by to_jsonb(t)::text`.execute(log.database);
    all[name] = rows;
  }
  return all;
}

test('a rebuilt team has the same rows as before, while more events come', async () => {
  await log.publish(Array.from({ length: 30 }, (_, index) => life(index)).flat());
  for (const team of teams) await drain(team);
  const before = await Promise.all(teams.map(modelOf));
  expect(JSON.stringify(before).length).toBeGreaterThan(5_000);
  await log.archive(100);
  for (const team of teams) {
    expect(await resetTeam(log.database, team)).toBe(true);
    expect((await progressOf(log.database, team)).position).toBe(0);
    await drain(team);
  }
  expect(await Promise.all(teams.map(modelOf))).toEqual(before);

  for (const team of teams) {
    const publishing = Promise.all(
      Array.from({ length: 5 }, (_, index) => log.publish(life(100 + index))),
    );
    await resetTeam(log.database, team);
    await Promise.all([publishing, drain(team)]);
    await drain(team);
    const { position, head } = await progressOf(log.database, team);
    expect(position).toBe(head);
  }
  for (const team of teams) await drain(team);
  const withMore = await Promise.all(teams.map(modelOf));
  expect(withMore).not.toEqual(before);
  for (const team of teams) {
    await resetTeam(log.database, team);
    await drain(team);
  }
  expect(await Promise.all(teams.map(modelOf))).toEqual(withMore);
});

test('a team is not reset while a copy of it is at work', async () => {
  const [team] = teams as [Team];
  await log.database.transaction().execute(async (other) => {
    await sql`select from events.groups where name = ${team.name} for update`.execute(other);
    expect(await resetTeam(log.database, team)).toBe(false);
  });
  expect(await resetTeam(log.database, team)).toBe(true);
  await drain(team);
});

test('a rebuilt team skips what a person has discarded, and tries again what waited', async () => {
  const team = teams.find(({ name }) => name === 'loyalty-tiers')!;
  await drain(team);
  const [discarded, waiting] = [newOrderId(), newOrderId()];
  const lost = (id: typeof discarded) => anEvent(id, 1, 'points.awarded', { points: 1 });
  await log.publish([lost(discarded), lost(waiting)]);
  const rules = { maxAttempts: 1 };
  while ((await runGroup(log.database, team, rules)) > 0);
  const filter = { consumer: team.name };
  const letters = await consumerDeadLetters.list(log.database, filter, { limit: 10 });
  const letter = letters.find(({ event }) => event.orderId === discarded)!;
  await consumerDeadLetters.discard(log.database, letter.id, { by: 'mia', reason: 'a test' });
  await makeDue(log.database);
  await consumerRound(log.database, team, rules);
  await resetTeam(log.database, team);
  while ((await runGroup(log.database, team, rules)) > 0);
  const left = await consumerDeadLetters.list(log.database, filter, { limit: 10 });
  expect(left.map(({ event }) => event.orderId)).toEqual([waiting]);
});
