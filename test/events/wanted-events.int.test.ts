import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Consumer } from '../../src/events/consumer.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import { scanLimit } from '../../src/events/log.js';
import { retryParked } from '../../src/events/parked.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { anEvent, ids, newOrderId, openLogDesk, recorder, type LogDesk } from './log-desk.js';

let desk: LogDesk;
let group = '';
let groups = 0;
beforeAll(async () => {
  desk = await openLogDesk();
});
beforeEach(async () => {
  groups += 1;
  group = `wanting_${groups}`;
  await sql`insert into events.groups (name, position)
    select ${group}, position from events.head`.execute(desk.database);
});
afterAll(() => desk.stop());

const isPaid = sql`e.type = 'payment.captured'`;

/** Three events of an order; the one in the middle is wanted. */
function story(): OrderEvent[] {
  const orderId = newOrderId();
  return ['order.confirmed', 'payment.captured', 'order.delivered'].map((type, index) =>
    anEvent(orderId, index + 1, type),
  );
}

const wanted = (events: readonly OrderEvent[]) =>
  events.filter(({ type }) => type === 'payment.captured');

async function drain(consumer: Consumer, batchSize: number): Promise<void> {
  while ((await runGroup(desk.database, consumer, { batchSize, baseMs: 1 })) > 0);
}

const head = async () => {
  const { rows } = await sql<{ position: number }>`
    select position from events.head`.execute(desk.database);
  return rows[0]!.position;
};

describe('a consumer that wants some events', () => {
  test.each([1, 2, 500])('gets these and no others, %i at a time', async (batchSize) => {
    const events = [...story(), ...story(), ...story()];
    await desk.publish(events);
    const consumer = { ...(await recorder(desk.database, group)), filter: isPaid };
    await drain(consumer, batchSize);
    expect(await consumer.effects()).toEqual(ids(wanted(events)));
  });

  test('has read what it does not want, and is not asked about it again', async () => {
    await desk.publish(story());
    const consumer = { ...(await recorder(desk.database, group)), filter: isPaid };
    await drain(consumer, 1);
    expect(await desk.positionOf(group)).toBe(await head());
    expect(await runGroup(desk.database, consumer)).toBe(0);
  });

  test('finds in the archive what is not in the log any more', async () => {
    const events = [...story(), ...story()];
    await desk.publish(events);
    await desk.archive((await head()) - 2);
    const consumer = { ...(await recorder(desk.database, group)), filter: isPaid };
    await drain(consumer, 1);
    expect(await consumer.effects()).toEqual(ids(wanted(events)));
  });

  test('parks one that it refuses, whatever lies between, and takes it later', async () => {
    const events = [...story(), ...story()];
    await desk.publish(events);
    const [refused] = wanted(events);
    let isRefusing = true;
    const consumer = {
      ...(await recorder(desk.database, group, (_transaction, [event]) =>
        isRefusing && event?.id === refused?.id
          ? Promise.reject(new Error('not this one'))
          : Promise.resolve(),
      )),
      filter: isPaid,
    };
    await drain(consumer, 1);
    expect(await consumer.effects()).toEqual(ids(wanted(events).slice(1)));
    isRefusing = false;
    await sql`update events.quarantined set next_attempt_at = clock_timestamp()
      where group_name = ${group}`.execute(desk.database);
    expect(await retryParked(desk.database, consumer)).toBe(1);
    expect((await consumer.effects()).sort()).toEqual(ids(wanted(events)).sort());
  });

  test('looks through a long log piece by piece, and misses nothing behind it', async () => {
    await unwanted(scanLimit + 100);
    const events = story();
    await desk.publish(events);
    const consumer = { ...(await recorder(desk.database, group)), filter: isPaid };
    const before = await desk.positionOf(group);
    expect(await consumerRound(desk.database, consumer)).toEqual({
      events: scanLimit,
      hasMore: true,
    });
    expect(await desk.positionOf(group)).toBe(before + scanLimit);
    expect(await consumerRound(desk.database, consumer)).toMatchObject({ hasMore: false });
    expect(await consumer.effects()).toEqual(ids(wanted(events)));
    expect(await consumerRound(desk.database, consumer)).toEqual({ events: 0, hasMore: false });
  });
});

/** So many events of one order that nobody here wants, all at once. */
async function unwanted(count: number): Promise<void> {
  await sql`
    with moved as (
      update events.head set position = position + ${count} returning position - ${count} as start
    )
    insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
    select start + n, 'evt_unwanted_' || start + n, 'ord_unwanted', start + n, 'order.confirmed',
      1, '{}', clock_timestamp()
    from moved, generate_series(1, ${count}::integer) n`.execute(desk.database);
}
