import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listen } from '../../src/events/listen.js';
import { openDesk, type Desk } from './relay-harness.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

const soon = { timeout: 5_000, interval: 20 };
const channels = ['orders_outbox', 'events_log'];

const notify = (channel: string) => sql`select pg_notify(${channel}, '')`.execute(desk.database);

const endListeners = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`.execute(desk.database);

test('a notification wakes those who listen to its channel, and no others', async () => {
  const listener = listen({ url: desk.url, channels, onError: () => undefined });
  const outbox = vi.fn();
  const log = vi.fn();
  const forgetOutbox = listener.on('orders_outbox', outbox);
  listener.on('events_log', log);
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledTimes(1);
  }, soon);
  outbox.mockClear();
  await notify('events_log');
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledTimes(2);
  }, soon);
  expect(outbox).not.toHaveBeenCalled();
  forgetOutbox();
  await notify('orders_outbox');
  await notify('events_log');
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledTimes(3);
  }, soon);
  expect(outbox).not.toHaveBeenCalled();
  await listener.stop();
});

test('a lost connection is opened again, and everybody is woken, for something may be missed', async () => {
  const onError = vi.fn();
  const listener = listen({ url: desk.url, channels, onError });
  const wake = vi.fn();
  listener.on('events_log', wake);
  await vi.waitFor(() => {
    expect(wake).toHaveBeenCalledTimes(1);
  }, soon);
  await endListeners();
  await vi.waitFor(() => {
    expect(wake).toHaveBeenCalledTimes(2);
  }, soon);
  expect(onError).toHaveBeenCalled();
  await notify('events_log');
  await vi.waitFor(() => {
    expect(wake).toHaveBeenCalledTimes(3);
  }, soon);
  await listener.stop();
});

test('whoever cannot connect says so, and stops all the same', async () => {
  const onError = vi.fn();
  const url = 'postgres://nobody@127.0.0.1:9/nothing';
  const listener = listen({ url, channels, onError });
  await vi.waitFor(() => {
    expect(onError.mock.calls.length).toBeGreaterThan(1);
  }, soon);
  await listener.stop();
});
