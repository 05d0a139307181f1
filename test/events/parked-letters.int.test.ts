import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { parkedLetters } from '../../src/events/parked-letters.js';
import { eventsOf, ids, newOrderId, openLogDesk, type LogDesk } from './log-desk.js';
import { openParking, rules, type Parking } from './parking.js';

let desk: LogDesk;
beforeAll(async () => {
  desk = await openLogDesk();
});
afterAll(() => desk.stop());

let parking: Parking;
beforeEach(async () => {
  parking = await openParking(desk);
});

const replay = (id: string) => parkedLetters.replay(desk.database, id, { by: 'mia' });
const discard = (id: string) =>
  parkedLetters.discard(desk.database, id, { by: 'mia', reason: 'seen' });

describe('a dead letter', () => {
  async function die(events = eventsOf(newOrderId(), 3)) {
    parking.poison.add(events[0]!.id);
    await desk.publish(events);
    await parking.drain();
    for (let attempt = 0; attempt < rules.maxAttempts; attempt += 1) await parking.retryAll();
    const found = await parking.letters();
    return { events, letter: found.find(({ event }) => event.id === events[0]!.id)! };
  }

  test('that is replayed is tried at once, and its order goes on', async () => {
    const { events, letter } = await die();
    parking.poison.clear();
    expect(await replay(letter.id)).toEqual({ kind: 'done' });
    expect(await parking.letters()).toEqual([]);
    await consumerRound(desk.database, parking.consumer, rules);
    expect(await parking.consumer.effects()).toEqual(ids(events));
  });

  test('that is replayed twice is replayed once', async () => {
    const { events, letter } = await die();
    parking.poison.clear();
    await replay(letter.id);
    expect(await replay(letter.id)).toEqual({ kind: 'already' });
    await consumerRound(desk.database, parking.consumer, rules);
    expect(await replay(letter.id)).toEqual({ kind: 'already' });
    expect(await discard(letter.id)).toEqual({ kind: 'refused', because: 'settled' });
    expect(await parking.consumer.effects()).toEqual(ids(events));
  });

  test('that is replayed in vain gets all its attempts, and is the same letter again', async () => {
    const { letter } = await die();
    await replay(letter.id);
    expect(await discard(letter.id)).toEqual({ kind: 'refused', because: 'being_replayed' });
    for (let attempt = 1; attempt < rules.maxAttempts; attempt += 1) await parking.retryAll();
    expect(await parking.letters()).toEqual([]);
    await parking.retryAll();
    expect(await parking.letters()).toMatchObject([{ id: letter.id, attempts: rules.maxAttempts }]);
    expect(await replay(letter.id)).toEqual({ kind: 'done' });
  });

  test('that is discarded has no effect, and its order goes on without it', async () => {
    const { events, letter } = await die();
    expect(await discard(letter.id)).toEqual({ kind: 'done' });
    expect(await discard(letter.id)).toEqual({ kind: 'already' });
    expect(await replay(letter.id)).toEqual({ kind: 'refused', because: 'discarded' });
    await consumerRound(desk.database, parking.consumer, rules);
    expect(await parking.consumer.effects()).toEqual(ids(events.slice(1)));
    expect(await discard(letter.id)).toEqual({ kind: 'already' });
    expect(await replay(letter.id)).toEqual({ kind: 'refused', because: 'discarded' });
  });

  test('leaves a record of who decided what and why, which nobody can change', async () => {
    const { letter } = await die();
    await replay(letter.id);
    for (let attempt = 0; attempt < rules.maxAttempts; attempt += 1) await parking.retryAll();
    await discard(letter.id);
    const { rows } = await sql`select kind, by, reason from events.dead_letter_decisions
      where dead_letter_id = ${letter.id} order by id`.execute(desk.database);
    expect(rows).toEqual([
      { kind: 'replayed', by: 'mia', reason: null },
      { kind: 'discarded', by: 'mia', reason: 'seen' },
    ]);
    const change = sql`update events.dead_letter_decisions set by = 'somebody'`;
    await expect(change.execute(desk.database)).rejects.toThrow('stays as it is');
  });

  test('is one of many that are replayed with one call, of one consumer', async () => {
    const first = await die();
    const second = await die();
    parking.poison.clear();
    const call = (name: string) =>
      parkedLetters.replayAll(desk.database, { consumer: name }, { by: 'mia', limit: 100 });
    expect(await call('somebody_else')).toBe(0);
    expect(await call(parking.group)).toBe(2);
    expect(await call(parking.group)).toBe(0);
    await consumerRound(desk.database, parking.consumer, rules);
    for (const { events } of [first, second]) {
      expect(await parking.consumer.effects(events[0]!.subject)).toEqual(ids(events));
    }
  });

  test('that nobody knows is unknown', async () => {
    expect(await replay('dlt_01m7y219pffzv8pj63v9wcvshh')).toEqual({ kind: 'unknown' });
    expect(await discard('dlt_01m7y219pffzv8pj63v9wcvshh')).toEqual({ kind: 'unknown' });
  });
});
