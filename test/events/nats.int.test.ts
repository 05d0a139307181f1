import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allValues } from '../../src/db/database.js';
import { ConsumerUnavailable, type Consumer } from '../../src/events/consumer.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { loadNats, natsSink, type NatsSink } from '../../src/events/nats.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { findNatsServer, startNatsServer, type NatsServer } from '../support/nats-server.js';
import { fillOutbox, useEventLog } from './event-log.js';
import { waitFor } from '../support/wait-for.js';

const { path, reason } = await findNatsServer();
const name = path === undefined ? `NATS (skipped: ${reason})` : 'NATS';

test('NATS_URL without the packages is refused, and the message names them', async () => {
  const load = () => Promise.reject(new Error('Cannot find package'));
  await expect(loadNats(load)).rejects.toThrow(
    'NATS_URL is set, but @nats-io/transport-node and @nats-io/jetstream are not installed',
  );
});

describe.skipIf(path === undefined)(name, () => {
  let server: NatsServer;
  const log = useEventLog({ perTest: true });
  let sink: NatsSink;
  beforeAll(async () => {
    server = await startNatsServer(path!);
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    sink = await natsSink(server.url);
  });
  afterEach(async () => {
    await sink.close();
    await forgetStream();
  });

  async function withBroker<Result>(
    work: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<Result>,
  ): Promise<Result> {
    const connection = await connect({ servers: server.url.slice('nats://'.length) });
    try {
      return await work(await jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }

  const forgetStream = () => withBroker((manager) => manager.streams.delete('ORDERS'));

  /** Everything that the stream has, in its order. */
  const stored = (): Promise<readonly StoredMsg[]> =>
    withBroker(async (manager) => {
      const { state } = await manager.streams.info('ORDERS');
      const messages: StoredMsg[] = [];
      for (let seq = 1; seq <= state.last_seq; seq += 1) {
        messages.push((await manager.streams.getMessage('ORDERS', { seq }))!);
      }
      return messages;
    });

  const eventsIn = (messages: readonly StoredMsg[]) =>
    messages.map((message) => message.json<OrderEvent>());

  /** Each event once, and those of each order in their sequence. */
  async function expectEachOnce(orders: number): Promise<void> {
    const last = new Map<string, number>();
    for (const { subject, ordersequence } of eventsIn(await stored())) {
      expect(ordersequence).toBe((last.get(subject) ?? 0) + 1);
      last.set(subject, ordersequence);
    }
    expect([...last.values()]).toEqual(Array.from({ length: orders }, () => 10));
  }

  const publish = async (events: number) => {
    await fillOutbox(log.database, events);
    await log.publishAll();
  };

  const run = (consumer: Consumer = sink) => runGroup(log.database, consumer, { batchSize: 50 });

  /** As the relay does: until nothing is left, through all failures. */
  const runToTheEnd = (consumer: Consumer = sink) =>
    waitFor('the end of the log', async () => {
      expect(await run(consumer)).toBe(0);
    });

  test('an event is stored as a CloudEvent under the subject of its order, with its id', async () => {
    const orderId = await log.newOrder();
    await log.append(orderId, { type: 'order.confirmed' });
    await log.publishAll();
    await run();
    const [message] = await stored();
    expect(message!.subject).toBe(`orders.${orderId}`);
    expect(message!.header.get('Nats-Msg-Id')).toBe(message!.json<OrderEvent>().id);
    expect(message!.header.get('content-type')).toBe('application/cloudevents+json');
    expect(message!.json()).toMatchObject({ specversion: '1.0', type: 'order.confirmed' });
  });

  test('the stream is made with bounds; one that is there stays as it is', async () => {
    await publish(10);
    await run();
    const info = () => withBroker((manager) => manager.streams.info('ORDERS'));
    const { config } = await info();
    expect(config).toMatchObject({ subjects: ['orders.>'], discard: 'old', storage: 'file' });
    expect(Math.min(config.max_age, config.max_bytes, config.duplicate_window)).toBeGreaterThan(0);
    await withBroker((manager) => manager.streams.update('ORDERS', { max_bytes: 12_345_678 }));
    await sink.close();
    await publish(20);
    await runToTheEnd();
    expect((await info()).config.max_bytes).toBe(12_345_678);
  });

  test('while the broker is away nothing is lost and no event is quarantined', async () => {
    await publish(100);
    await server.kill();
    await expect(run()).rejects.toThrow(ConsumerUnavailable);
    await expect(run()).rejects.toThrow(ConsumerUnavailable);
    expect(await log.quarantined()).toEqual([]);
    await server.start();
    await runToTheEnd();
    await expectEachOnce(10);
  });

  test('a broker that is killed and comes back has each event once', async () => {
    await publish(1_000);
    const running = runToTheEnd();
    for (let kills = 0; kills < 2; kills += 1) {
      await waitFor('more stored events', async () => {
        expect((await stored()).length).toBeGreaterThan(100 * (kills + 1));
      });
      await server.kill();
      await server.start();
    }
    await running;
    expect(await log.quarantined()).toEqual([]);
    await expectEachOnce(100);
  });

  test('a relay that is killed between publish and mark publishes again, and none is stored twice', async () => {
    await publish(100);
    const dying: Consumer = {
      name: sink.name,
      apply: async (transaction, events) => {
        await sink.apply(transaction, events);
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
      },
    };
    await expect(run(dying)).rejects.toThrow();
    expect(await stored()).toHaveLength(50);
    await runToTheEnd();
    await expectEachOnce(10);
  });

  test('an event that is sent again after a restart of the broker is still not stored twice', async () => {
    await publish(50);
    await log.database.transaction().execute(async (transaction) => {
      const events = await allValues<OrderEvent>(transaction)`
        select event from events.log order by position`;
      await sink.apply(transaction, events);
      await server.kill();
      await server.start();
      await sink.apply(transaction, events);
    });
    await expectEachOnce(5);
  });

  test('a broker that never acknowledges is given up within seconds', async () => {
    await publish(10);
    await run();
    await withBroker(async (manager) => {
      await manager.streams.delete('ORDERS');
      await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], no_ack: true });
    });
    await publish(30);
    const startedAt = Date.now();
    await expect(run()).rejects.toThrow(ConsumerUnavailable);
    expect(Date.now() - startedAt).toBeLessThan(8_000);
  });

  test.each([
    ['while it is connected', true],
    ['before it is connected', false],
  ])(
    'a broker that freezes %s is given up in time, and no event is quarantined',
    async (_name, isOpen) => {
      await publish(100);
      if (isOpen) await run();
      server.freeze();
      const startedAt = Date.now();
      await expect(run().finally(server.thaw)).rejects.toThrow(ConsumerUnavailable);
      expect(Date.now() - startedAt).toBeLessThan(7_500);
      await runToTheEnd();
      expect(await log.quarantined()).toEqual([]);
      await expectEachOnce(10);
    },
  );
});
