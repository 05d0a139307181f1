import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { Consumer } from '../../src/events/consumer.js';
import { headPosition, scanLimit } from '../../src/events/log.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { retryQuarantined } from '../../src/events/quarantine.js';
import { anEvent, ids, makeDue, newOrderId, recorder, refusing, useEventLog } from './event-log.js';

const log = useEventLog();
let group = '';
beforeEach(async () => {
  group = await log.newGroup('filtering');
});

async function drain(consumer: Consumer, batchSize = 1): Promise<void> {
  while ((await runGroup(log.database, consumer, { batchSize, baseMs: 1 })) > 0);
}

/** Three events of an order; the one in the middle is wanted. */
function someEvents(): OrderEvent[] {
  const orderId = newOrderId();
  return ['order.confirmed', 'payment.captured', 'order.delivered'].map((type, index) =>
    anEvent(orderId, index + 1, type),
  );
}

const filter = sql`e.type = 'payment.captured'`;
/** Gets the captured payments alone. */
const filtering = async () => ({ ...(await recorder(log.database, group)), filter });

const wanted = (events: readonly OrderEvent[]) =>
  events.filter(({ type }) => type === 'payment.captured');

test.each([1, 2, 500])(
  'a consumer with a filter gets the events that match and no others, %i at a time',
  async (batchSize) => {
    const events = [...someEvents(), ...someEvents(), ...someEvents()];
    await log.publish(events);
    const consumer = await filtering();
    await drain(consumer, batchSize);
    expect(await consumer.effects()).toEqual(ids(wanted(events)));
  },
);

test('a consumer with a filter has read what does not match, and is not asked about it again', async () => {
  await log.publish(someEvents());
  const consumer = await filtering();
  await drain(consumer);
  expect(await log.positionOf(group)).toBe(await headPosition(log.database));
  expect(await runGroup(log.database, consumer)).toBe(0);
});

test('a consumer with a filter quarantines a match that it refuses, and takes it later', async () => {
  const events = [...someEvents(), ...someEvents()];
  await log.publish(events);
  const [refused] = wanted(events);
  let isRefusing = true;
  const isPoison = ({ id }: OrderEvent) => isRefusing && id === refused!.id;
  const consumer = { ...(await refusing(log.database, group, isPoison)), filter };
  await drain(consumer);
  expect(await consumer.effects()).toEqual(ids(wanted(events).slice(1)));
  isRefusing = false;
  await makeDue(log.database);
  expect(await retryQuarantined(log.database, consumer)).toBe(1);
  expect((await consumer.effects()).sort()).toEqual(ids(wanted(events)).sort());
});

test('a consumer with a filter scans a long log in bounded pieces, and misses nothing behind it', async () => {
  await unwanted(scanLimit + 100);
  const events = someEvents();
  await log.publish(events);
  const consumer = await filtering();
  const before = await log.positionOf(group);
  expect(await consumerRound(log.database, consumer)).toEqual({
    events: scanLimit,
    hasMore: true,
  });
  expect(await log.positionOf(group)).toBe(before + scanLimit);
  expect(await consumerRound(log.database, consumer)).toMatchObject({ hasMore: false });
  expect(await consumer.effects()).toEqual(ids(wanted(events)));
  expect(await consumerRound(log.database, consumer)).toEqual({ events: 0, hasMore: false });
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
    from moved, generate_series(1, ${count}::integer) n`.execute(log.database);
}
