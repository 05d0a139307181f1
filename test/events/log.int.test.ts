import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  eventsOfOrder,
  findEvent,
  headPosition,
  readHistory,
  readLog,
} from '../../src/events/log.js';
import { fillOutbox, openDesk, type Desk } from './relay-harness.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  expect(await headPosition(desk.database)).toBe(0);
  await fillOutbox(desk.database, 25);
  await desk.publishAll();
});
afterAll(() => desk.stop());

test('the log is read by position, in bounded portions', async () => {
  const first = await readLog(desk.database, 0, 10);
  expect(first.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await readLog(desk.database, 20, 10)).toHaveLength(5);
  expect(await readLog(desk.database, 25, 10)).toEqual([]);
  expect(await headPosition(desk.database)).toBe(25);
});

test('a page of the history says where the next one begins, and whether there is more', async () => {
  const page = await readHistory(desk.database, 0, 20);
  expect(page).toMatchObject({ position: 20, hasMore: true });
  const rest = await readHistory(desk.database, page.position, 20);
  expect(rest).toMatchObject({ position: 25, hasMore: false });
  expect(rest.events).toHaveLength(5);
  expect(await readHistory(desk.database, 25, 20)).toEqual({
    events: [],
    position: 25,
    hasMore: false,
  });
});

test('a page that is exactly full ends where the log ends', async () => {
  expect(await readHistory(desk.database, 5, 20)).toMatchObject({ position: 25, hasMore: false });
});

test('the history can be read for one order, or for one type', async () => {
  const { event } = (await readLog(desk.database, 14, 1))[0]!;
  const ofOrder = await readHistory(desk.database, 0, 100, { orderId: event.subject });
  expect(ofOrder.events.map((logged) => logged.event.ordersequence)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  const ofNone = await readHistory(desk.database, 0, 100, { type: 'order.placed' });
  expect(ofNone).toEqual({ events: [], position: 25, hasMore: false });
  const ofAll = await readHistory(desk.database, 0, 100, { type: 'order.confirmed' });
  expect(ofAll.events).toHaveLength(25);
});

test('an event is found by its id, and those of an order by their sequence', async () => {
  const { event } = (await readLog(desk.database, 11, 1))[0]!;
  expect(await findEvent(desk.database, event.id)).toEqual(event);
  expect(await findEvent(desk.database, 'evt_of_nobody')).toBeUndefined();
  const later = await eventsOfOrder(desk.database, event.subject, 8, 100);
  expect(later.map(({ ordersequence }) => ordersequence)).toEqual([9, 10]);
});
