import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { eventsOf, newOrderId, openLogDesk, recorder, type LogDesk } from './log-desk.js';

const group = 'busy';
let desk: LogDesk;
beforeAll(async () => {
  desk = await openLogDesk();
  await sql`insert into events.groups (name) values (${group})`.execute(desk.database);
});
afterAll(() => desk.stop());

describe('a group that somebody else has', () => {
  test('is looked at again, since nobody tells when it is free', async () => {
    await desk.publish(eventsOf(newOrderId(), 1));
    const consumer = await recorder(desk.database, group);
    await desk.database.transaction().execute(async (other) => {
      await sql`select from events.groups where name = ${group} for update`.execute(other);
      const round = await consumerRound(desk.database, consumer);
      expect(round).toEqual({ events: 0, hasMore: true });
    });
    expect(await consumerRound(desk.database, consumer)).toEqual({ events: 1, hasMore: false });
  });

  test('is left alone once it is free and has nothing more', async () => {
    const consumer = await recorder(desk.database, group);
    expect(await consumerRound(desk.database, consumer)).toEqual({ events: 0, hasMore: false });
  });
});
