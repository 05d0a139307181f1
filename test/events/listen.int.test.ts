import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listen } from '../../src/events/listen.js';
import { openDesk, type Desk } from './relay-harness.js';
import { waitFor } from '../support/wait-for.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

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
  await waitFor('call 1 of log', () => log.mock.calls.length === 1);
  outbox.mockClear();
  await notify('events_log');
  await waitFor('call 2 of log', () => log.mock.calls.length === 2);
  expect(outbox).not.toHaveBeenCalled();
  forgetOutbox();
  await notify('orders_outbox');
  await notify('events_log');
  await waitFor('call 3 of log', () => log.mock.calls.length === 3);
  expect(outbox).not.toHaveBeenCalled();
  await listener.stop();
});

test('a lost connection is opened again, and everybody is woken, for something may be missed', async () => {
  const onError = vi.fn();
  const listener = listen({ url: desk.url, channels, onError });
  const wake = vi.fn();
  listener.on('events_log', wake);
  await waitFor('call 1 of wake', () => wake.mock.calls.length === 1);
  await endListeners();
  await waitFor('call 2 of wake', () => wake.mock.calls.length === 2);
  expect(onError).toHaveBeenCalled();
  await notify('events_log');
  await waitFor('call 3 of wake', () => wake.mock.calls.length === 3);
  await listener.stop();
});

test('whoever cannot connect says so, and stops all the same', async () => {
  const onError = vi.fn();
  const url = 'postgres://nobody@127.0.0.1:9/nothing';
  const listener = listen({ url, channels, onError });
  await waitFor('call 2 of onError', () => onError.mock.calls.length > 1);
  await listener.stop();
});
