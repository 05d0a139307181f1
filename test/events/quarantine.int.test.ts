import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { allRows, firstValue } from '../../src/db/database.js';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { retryQuarantined } from '../../src/events/quarantine.js';
import {
  eventsOf,
  ids,
  makeDue,
  newOrderId,
  openEventLog,
  refusing,
  useEventLog,
} from './event-log.js';

const log = useEventLog();
/** A consumer that begins now and refuses the events whose ids are in `poison`, three times each. */
async function openPoisonedGroup() {
  const { database, newGroup, quarantined } = log;
  const rules = { maxAttempts: 3 };
  const group = await newGroup('poisoned');
  const poison = new Set<string>();
  const consumer = await refusing(database, group, ({ id }) => poison.has(id));
  return {
    group,
    poison,
    consumer,
    rules,
    drain: async () => {
      while ((await runGroup(database, consumer, rules)) > 0);
    },
    round: () => consumerRound(database, consumer, rules),
    /** @returns how many events were taken the last time */
    retryAll: async (times = 1): Promise<number> => {
      let retried = 0;
      for (let time = 0; time < times; time += 1) {
        await makeDue(database);
        retried = await retryQuarantined(database, consumer, rules);
      }
      return retried;
    },
    states: async () => (await quarantined(group)).map(({ state }) => state),
  };
}

let poisoned: Awaited<ReturnType<typeof openPoisonedGroup>>;
beforeEach(async () => {
  poisoned = await openPoisonedGroup();
});

const letters = () =>
  consumerDeadLetters.list(log.database, { consumer: poisoned.group }, { limit: 100 });

/** Publishes so many events of an order, of which the consumer refuses these. */
async function quarantine(
  count: number,
  ...refused: readonly number[]
): Promise<readonly OrderEvent[]> {
  const events = eventsOf(newOrderId(), count);
  for (const index of refused) poisoned.poison.add(events[index]!.id);
  await log.publish(events);
  await poisoned.drain();
  return events;
}

describe('a quarantined event', () => {
  test('is not tried before it is due', async () => {
    const events = await quarantine(1, 0);
    poisoned.poison.clear();
    await sql`update events.quarantined set next_attempt_at = clock_timestamp() + interval '1 minute'
      where group_name = ${poisoned.group}`.execute(log.database);
    expect(await retryQuarantined(log.database, poisoned.consumer, poisoned.rules)).toBe(0);
    expect(await poisoned.retryAll()).toBe(1);
    expect(await poisoned.consumer.effects()).toEqual(ids(events));
  });

  test('is a dead letter at once when it is refused for good', async () => {
    const events = eventsOf(newOrderId(), 2);
    const final = Object.assign(new Error('never'), { nonRetryable: true });
    const consumer = { ...poisoned.consumer, apply: () => Promise.reject(final) };
    await log.publish(events);
    while ((await runGroup(log.database, consumer, poisoned.rules)) > 0);
    expect(await poisoned.states()).toEqual(['dead', 'held']);
    expect(await letters()).toMatchObject([{ attempts: 1, error: 'Error: never' }]);
  });

  test('takes those that waited behind it along, in their order, when it works at last', async () => {
    const events = await quarantine(5, 1);
    expect(await poisoned.states()).toEqual(['retrying', 'held', 'held', 'held']);
    poisoned.poison.clear();
    expect(await poisoned.retryAll()).toBe(4);
    expect(await poisoned.consumer.effects()).toEqual(ids(events));
    expect(await poisoned.states()).toEqual([]);
  });

  test('may be the first that a new consumer sees', async () => {
    const fresh = await openEventLog();
    const events = eventsOf(newOrderId(), 2);
    const consumer = await refusing(fresh.database, 'new', ({ id }) => id === events[0]!.id);
    await fresh.publish(events);
    expect(await runGroup(fresh.database, consumer)).toBe(1);
    expect(await runGroup(fresh.database, consumer)).toBe(1);
    expect(await fresh.positionOf('new')).toBe(2);
    await fresh.stop();
  });

  test('hands its place to the next one that is refused', async () => {
    const events = await quarantine(4, 0, 2);
    poisoned.poison.delete(events[0]!.id);
    expect(await poisoned.retryAll()).toBe(2);
    expect(await poisoned.states()).toEqual(['retrying', 'held']);
    expect(await poisoned.consumer.effects()).toEqual(ids(events.slice(0, 2)));
  });

  test('lets later events of its order wait, and those of no other', async () => {
    const [bad, good] = [eventsOf(newOrderId(), 2), eventsOf(newOrderId(), 2)];
    poisoned.poison.add(bad[0]!.id);
    await log.publish([bad[0]!, good[0]!]);
    await poisoned.drain();
    await log.publish([bad[1]!, good[1]!]);
    await poisoned.drain();
    expect(await poisoned.consumer.effects()).toEqual(ids(good));
    expect(await poisoned.states()).toEqual(['retrying', 'held']);
  });

  test('is a dead letter when its attempts have run out, and is left alone then', async () => {
    const events = await quarantine(3, 0);
    await poisoned.retryAll();
    expect(await letters()).toEqual([]);
    await poisoned.retryAll();
    expect(await letters()).toMatchObject([
      {
        consumer: poisoned.group,
        event: { id: events[0]!.id, type: 'order.confirmed', sequence: 1 },
        error: `Error: I do not like ${events[0]!.id}`,
        attempts: 3,
        heldBack: 2,
      },
    ]);
    poisoned.poison.clear();
    expect(await poisoned.retryAll()).toBe(0);
    expect(await poisoned.consumer.effects()).toEqual([]);
  });

  test('waits longer and longer, at random', async () => {
    const events = eventsOf(newOrderId(), 1);
    poisoned.poison.add(events[0]!.id);
    await log.publish(events);
    const policy = { baseMs: 60_000, capMs: 100_000, maxAttempts: 50 };
    await runGroup(log.database, poisoned.consumer, policy);
    const waits: number[] = [];
    for (let attempt = 2; attempt < 20; attempt += 1) {
      await makeDue(log.database);
      await retryQuarantined(log.database, poisoned.consumer, policy);
      const waitMs = await firstValue<number>(log.database)`
        select extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000
        from events.quarantined where group_name = ${poisoned.group}`;
      waits.push(waitMs!);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(100_000);
    expect(Math.max(...waits)).toBeGreaterThan(30_000);
    expect(new Set(waits.map(Math.round)).size).toBeGreaterThan(10);
  });

  test('loses no attempt while its consumer can take nothing', async () => {
    await quarantine(1, 0);
    const apply = () => Promise.reject(new ConsumerUnavailable('away'));
    const away = { name: poisoned.group, apply };
    await makeDue(log.database);
    await expect(retryQuarantined(log.database, away, poisoned.rules)).rejects.toThrow('away');
    const rows = await allRows(log.database)`select attempts, state from events.quarantined
      where group_name = ${poisoned.group}`;
    expect(rows).toEqual([{ attempts: 1, state: 'retrying' }]);
  });

  test('has one effect when several copies try it at once', async () => {
    const orders = Array.from({ length: 8 }, () => eventsOf(newOrderId(), 4));
    for (const [first] of orders) poisoned.poison.add(first!.id);
    await log.publish(orders.flat());
    await poisoned.drain();
    poisoned.poison.clear();
    await makeDue(log.database);
    const isDone = async () => (await poisoned.states()).length === 0;
    const copy = async () => {
      while (!(await isDone())) await poisoned.round();
    };
    await Promise.all([copy(), copy(), copy()]);
    for (const events of orders) {
      expect(await poisoned.consumer.effects(events[0]!.subject)).toEqual(ids(events));
    }
  });
});

const replay = (id: string) => consumerDeadLetters.replay(log.database, id, { by: 'mia' });
const discard = (id: string) =>
  consumerDeadLetters.discard(log.database, id, { by: 'mia', reason: 'seen' });

describe('a dead letter', () => {
  async function die() {
    const events = await quarantine(3, 0);
    await poisoned.retryAll(3);
    const letter = (await letters()).find(({ event }) => event.id === events[0]!.id)!;
    return { events, letter };
  }

  test('that is replayed in vain gets all its attempts, and is the same letter again', async () => {
    const { letter } = await die();
    await replay(letter.id);
    expect(await discard(letter.id)).toEqual({ kind: 'refused', because: 'being_replayed' });
    await poisoned.retryAll(poisoned.rules.maxAttempts - 1);
    expect(await letters()).toEqual([]);
    await poisoned.retryAll();
    expect(await letters()).toMatchObject([{ id: letter.id, attempts: 3 }]);
    expect(await replay(letter.id)).toEqual({ kind: 'done' });
  });

  test('leaves a record of who decided what and why, which nobody can change', async () => {
    const { letter } = await die();
    await replay(letter.id);
    await poisoned.retryAll(poisoned.rules.maxAttempts);
    await discard(letter.id);
    const rows = await allRows(log.database)`select kind, by, reason
      from events.dead_letter_decisions where dead_letter_id = ${letter.id} order by id`;
    expect(rows).toEqual([
      { kind: 'replayed', by: 'mia', reason: null },
      { kind: 'discarded', by: 'mia', reason: 'seen' },
    ]);
    const change = sql`update events.dead_letter_decisions set by = 'somebody'`;
    await expect(change.execute(log.database)).rejects.toThrow('stays as it is');
  });

  test('that nobody knows is unknown', async () => {
    expect(await replay('dlt_01m7y219pffzv8pj63v9wcvshh')).toEqual({ kind: 'unknown' });
    expect(await discard('dlt_01m7y219pffzv8pj63v9wcvshh')).toEqual({ kind: 'unknown' });
  });
});
