import { sql, type Transaction } from 'kysely';
import { typeid } from 'typeid-js';
import type { Consumer } from '../../src/events/consumer.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { firstRow, openDatabase, type Database } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { testDatabase } from '../support/postgres.js';

export interface LogDesk {
  readonly database: Database;
  readonly url: string;
  /** Writes events to the log, as the publisher would. */
  publish(events: readonly OrderEvent[]): Promise<void>;
  /** Moves all events up to the position out of the log. */
  archive(upTo: number): Promise<void>;
  positionOf(group: string): Promise<number>;
  stop(): Promise<void>;
}

export async function openLogDesk(): Promise<LogDesk> {
  const store = await testDatabase({ migrated: true });
  const database = openDatabase({ url: store.url, poolSize: 10 });
  return {
    database,
    url: store.url,
    publish: async (events) => {
      await sql`
        with head as (
          update events.head set position = position + ${events.length}::bigint
          returning position - ${events.length}::bigint as before
        )
        insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
        select before + place, value ->> 'id', value ->> 'subject',
          (value ->> 'ordersequence')::integer, value ->> 'type',
          (value ->> 'dataversion')::integer, value, (value ->> 'time')::timestamptz
        from head, jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality
          as e (value, place)`.execute(database);
    },
    archive: async (upTo) => {
      await sql`
        with gone as (delete from events.log where position <= ${upTo} returning *)
        insert into events.archive select * from gone`.execute(database);
    },
    positionOf: async (group) => {
      const row = await firstRow(
        database,
        sql<{ position: number }>`select position from events.groups where name = ${group}`,
      );
      return row?.position ?? 0;
    },
    stop: async () => {
      await database.destroy();
      await store.drop();
    },
  };
}

export const newOrderId = (): OrderId => typeid('ord').toString();

const start = Date.parse('2026-01-05T09:00:00.000Z');

/** @param sequence the event's place in its order, and the minute in which it happens */
export const anEvent = (
  orderId: OrderId,
  sequence: number,
  type = 'order.confirmed',
  data: object = {},
  version = 1,
): OrderEvent => ({
  specversion: '1.0',
  id: `evt_${orderId.slice(4)}_${sequence}`,
  source: '/v1/orders',
  type,
  subject: orderId,
  time: new Date(start + sequence * 60_000).toISOString(),
  datacontenttype: 'application/json',
  dataschema: `/v1/event-schemas/${type}/${version}`,
  dataversion: version,
  ordersequence: sequence,
  traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
  data,
});

/** The first events of an order, of one type. */
export const eventsOf = (orderId: OrderId, count: number): OrderEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent(orderId, index + 1));

type Apply = (transaction: Transaction<unknown>, events: readonly OrderEvent[]) => Promise<void>;

export interface Recorder extends Consumer {
  apply: Apply;
  /** What is written, in the order of writing: event ids. */
  effects(orderId?: OrderId): Promise<string[]>;
}

/**
 * A consumer whose effects are rows without any key, so that a second effect is seen.
 * @param before runs first; what it throws is what the consumer throws
 */
export async function recorder(
  database: Database,
  name: string,
  before: Apply = () => Promise.resolve(),
): Promise<Recorder> {
  const table = sql.table(`${name}_effects`);
  await sql`create table if not exists ${table} (
    place bigint generated always as identity, event_id text, order_id text)`.execute(database);
  return {
    name,
    apply: async (transaction, events) => {
      await before(transaction, events);
      await sql`insert into ${table} (event_id, order_id)
        select * from unnest(${events.map(({ id }) => id)}::text[],
          ${events.map(({ subject }) => subject)}::text[])`.execute(transaction);
    },
    effects: async (orderId) => {
      const { rows } = await sql<{ event_id: string }>`
        select event_id from ${table}
        where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
        order by place`.execute(database);
      return rows.map(({ event_id }) => event_id);
    },
  };
}

/** A consumer that refuses the events of which the test says so. */
export const refusing = (
  database: Database,
  name: string,
  isPoison: (event: OrderEvent) => boolean,
): Promise<Recorder> =>
  recorder(database, name, (_transaction, events) => {
    const poison = events.find(isPoison);
    return poison === undefined
      ? Promise.resolve()
      : Promise.reject(new Error(`I do not like ${poison.id}`));
  });

/** Lets everything that is parked be due now. */
export const makeDue = async (database: Database): Promise<void> => {
  await sql`update events.quarantined set next_attempt_at = clock_timestamp()`.execute(database);
};

export const ids = (events: readonly OrderEvent[]): string[] => events.map(({ id }) => id);
