import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import { retryParked } from '../../src/events/parked.js';
import {
  eventsOf,
  ids,
  makeDue,
  newOrderId,
  openLogDesk,
  refusing,
  type LogDesk,
} from './log-desk.js';
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

describe('a parked event', () => {
  test('is not tried before it is due', async () => {
    const events = eventsOf(newOrderId(), 1);
    parking.poison.add(events[0]!.id);
    await desk.publish(events);
    await parking.drain();
    parking.poison.clear();
    await sql`update events.quarantined set next_attempt_at = clock_timestamp() + interval '1 minute'
      where group_name = ${parking.group}`.execute(desk.database);
    expect(await retryParked(desk.database, parking.consumer, rules)).toBe(0);
    expect(await parking.retryAll()).toBe(1);
    expect(await parking.consumer.effects()).toEqual(ids(events));
  });

  test('is a dead letter at once when it is refused for good', async () => {
    const events = eventsOf(newOrderId(), 2);
    const final = Object.assign(new Error('never'), { nonRetryable: true });
    const consumer = {
      ...parking.consumer,
      apply: () => Promise.reject(final),
    };
    await desk.publish(events);
    while ((await runGroup(desk.database, consumer, rules)) > 0);
    expect(await parking.states()).toEqual(['dead', 'held']);
    expect(await parking.letters()).toMatchObject([{ attempts: 1, error: 'Error: never' }]);
  });

  test('takes those that waited behind it along, in their order, when it works at last', async () => {
    const events = eventsOf(newOrderId(), 5);
    parking.poison.add(events[1]!.id);
    await desk.publish(events);
    await parking.drain();
    expect(await parking.states()).toEqual(['retrying', 'held', 'held', 'held']);
    parking.poison.clear();
    expect(await parking.retryAll()).toBe(4);
    expect(await parking.consumer.effects()).toEqual(ids(events));
    expect(await parking.states()).toEqual([]);
  });

  test('may be the first that a new consumer sees', async () => {
    const fresh = await openLogDesk();
    const events = eventsOf(newOrderId(), 2);
    const consumer = await refusing(fresh.database, 'new', ({ id }) => id === events[0]!.id);
    await fresh.publish(events);
    expect(await runGroup(fresh.database, consumer)).toBe(1);
    expect(await runGroup(fresh.database, consumer)).toBe(1);
    expect(await fresh.positionOf('new')).toBe(2);
    await fresh.stop();
  });

  test('hands its place to the next one that is refused', async () => {
    const events = eventsOf(newOrderId(), 4);
    parking.poison.add(events[0]!.id).add(events[2]!.id);
    await desk.publish(events);
    await parking.drain();
    parking.poison.delete(events[0]!.id);
    expect(await parking.retryAll()).toBe(2);
    expect(await parking.states()).toEqual(['retrying', 'held']);
    expect(await parking.consumer.effects()).toEqual(ids(events.slice(0, 2)));
  });

  test('lets later events of its order wait, and those of no other', async () => {
    const [bad, good] = [eventsOf(newOrderId(), 2), eventsOf(newOrderId(), 2)];
    parking.poison.add(bad[0]!.id);
    await desk.publish([bad[0]!, good[0]!]);
    await parking.drain();
    await desk.publish([bad[1]!, good[1]!]);
    await parking.drain();
    expect(await parking.consumer.effects()).toEqual(ids(good));
    expect(await parking.states()).toEqual(['retrying', 'held']);
  });

  test('is a dead letter when its attempts have run out, and is left alone then', async () => {
    const events = eventsOf(newOrderId(), 3);
    parking.poison.add(events[0]!.id);
    await desk.publish(events);
    await parking.drain();
    await parking.retryAll();
    expect(await parking.letters()).toEqual([]);
    await parking.retryAll();
    expect(await parking.letters()).toMatchObject([
      {
        consumer: parking.group,
        event: { id: events[0]!.id, type: 'order.confirmed', sequence: 1 },
        error: `Error: I do not like ${events[0]!.id}`,
        attempts: 3,
        heldBack: 2,
      },
    ]);
    parking.poison.clear();
    expect(await parking.retryAll()).toBe(0);
    expect(await parking.consumer.effects()).toEqual([]);
  });

  test('waits longer and longer, at random', async () => {
    const events = eventsOf(newOrderId(), 1);
    parking.poison.add(events[0]!.id);
    await desk.publish(events);
    const policy = { baseMs: 60_000, capMs: 100_000, maxAttempts: 50 };
    await runGroup(desk.database, parking.consumer, policy);
    const waits: number[] = [];
    for (let attempt = 2; attempt < 20; attempt += 1) {
      await makeDue(desk.database);
      await retryParked(desk.database, parking.consumer, policy);
      const { rows } = await sql<{ ms: number }>`
        select extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as ms
        from events.quarantined where group_name = ${parking.group}`.execute(desk.database);
      waits.push(rows[0]!.ms);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(100_000);
    expect(Math.max(...waits)).toBeGreaterThan(30_000);
    expect(new Set(waits.map(Math.round)).size).toBeGreaterThan(10);
  });

  test('loses no attempt while its consumer can take nothing', async () => {
    const events = eventsOf(newOrderId(), 1);
    parking.poison.add(events[0]!.id);
    await desk.publish(events);
    await parking.drain();
    const away = {
      name: parking.group,
      apply: () => Promise.reject(new ConsumerUnavailable('away')),
    };
    await makeDue(desk.database);
    await expect(retryParked(desk.database, away, rules)).rejects.toThrow('away');
    const { rows } = await sql`select attempts, state from events.quarantined
      where group_name = ${parking.group}`.execute(desk.database);
    expect(rows).toEqual([{ attempts: 1, state: 'retrying' }]);
  });

  test('has one effect when several copies try it at once', async () => {
    const orders = Array.from({ length: 8 }, () => eventsOf(newOrderId(), 4));
    for (const [first] of orders) parking.poison.add(first!.id);
    await desk.publish(orders.flat());
    await parking.drain();
    parking.poison.clear();
    await makeDue(desk.database);
    const isDone = async () => (await parking.states()).length === 0;
    const copy = async () => {
      while (!(await isDone())) await consumerRound(desk.database, parking.consumer, rules);
    };
    await Promise.all([copy(), copy(), copy()]);
    for (const events of orders) {
      expect(await parking.consumer.effects(events[0]!.subject)).toEqual(ids(events));
    }
  });
});
