import { sql, type Transaction } from 'kysely';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { allRows, allValues, firstValue, type Database } from '../../src/db/database.js';
import { retentionRound } from '../../src/db/retention.js';
import type { Fact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { RelayConsumer } from '../../src/events/consumer.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { publishRound } from '../../src/events/publisher.js';
import type { OutboxRow } from '../../src/events/unpublished.js';
import { newOrderId, openOwnDatabase } from '../adapters/own-database.js';
import { useFixture } from '../support/use-fixture.js';

export { newOrderId };

export type EventLog = Awaited<ReturnType<typeof openEventLog>>;

/** A database of the file's own with outbox and event log; or of each test's. */
export const useEventLog = (options?: { readonly perTest: boolean }): EventLog =>
  useFixture(openEventLog, options);

interface LogRow {
  readonly position: number;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
}

export async function openEventLog() {
  const own = await openOwnDatabase();
  const { database } = own;
  let keys = 0;
  return {
    ...own,
    /** Writes events to the log, as the publisher would. */
    publish: async (events: readonly OrderEvent[]): Promise<void> => {
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
    /** Moves all events up to the position out of the log. */
    archive: async (upTo: number): Promise<void> => {
      await sql`
        with gone as (delete from events.log where position <= ${upTo} returning *)
        insert into events.archive select * from gone`.execute(database);
    },
    positionOf: async (group: string): Promise<number> =>
      (await firstValue<number>(database)`
        select position from events.groups where name = ${group}`) ?? 0,
    /** A consumer group that begins behind what is published. */
    newGroup: async (prefix: string): Promise<string> => {
      groups += 1;
      const group = `${prefix}_${groups}`;
      await sql`insert into events.groups (name, position)
        select ${group}, position from events.head`.execute(database);
      return group;
    },
    /** What is quarantined of a group, or of all. */
    quarantined: (group?: string) =>
      allRows<{ event_id: string; state: string; error: string | null }>(database)`
        select event_id, state, error from events.quarantined
        where ${group ?? null}::text is null or group_name = ${group ?? null}
        order by position`,
    /** Appends facts as the order's workflow does. */
    append: async (orderId: OrderId, ...facts: Fact[]): Promise<void> => {
      keys += 1;
      await postgresJournal(database).append({ orderId, key: `fact ${keys}`, facts });
    },
    /** Publishes until nothing waits. @returns how many events that were */
    publishAll: () => publishAll(database),
    /** Sequence numbers in the order in which the log has them, or of one order. */
    rows: (orderId?: OrderId) =>
      allRows<LogRow>(database)`
        select position, order_id as "orderId", sequence, type from events.log
        where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
        order by position`,
    waiting: async (): Promise<number> =>
      (await firstValue<number>(database)`select count(*) from orders.outbox`)!,
  };
}

let groups = 0;

export const retentionPeriods = {
  EVENT_LOG_RETENTION_DAYS: 30,
  IDEMPOTENCY_KEY_RETENTION_DAYS: 20,
  MESSAGE_RETENTION_DAYS: 10,
  RECONCILIATION_RETENTION_DAYS: 90,
  TIMELINE_RETENTION_DAYS: 365,
};

/** A round of retention in which no line may fail. */
export const strictRound = (database: Database): Promise<boolean> =>
  retentionRound(database, retentionPeriods, (what, error) => {
    throw new Error(what, { cause: error });
  });

export async function publishAll(database: Database): Promise<number> {
  let published = 0;
  for (;;) {
    const round = await publishRound(database, plainEvent);
    published += round.published;
    if (!round.isFull) return published;
  }
}

/** Many outbox rows at once, ten for each order, beside the order service. */
export async function fillOutbox(database: Database, rows: number): Promise<void> {
  await sql`
    insert into orders.outbox (order_id, sequence, type, data, at)
    select 'ord_' || lpad((n / 10)::text, 26, '0'), n % 10 + 1, 'order.confirmed', '{}', now()
    from generate_series(0, ${rows}::integer - 1) n order by n`.execute(database);
}

/** An event of any row of the outbox, for tests of how events move and not of what they say. */
export const plainEvent = ({ orderId, sequence, type, data, at }: OutboxRow): OrderEvent => ({
  ...anEvent(orderId, sequence, type, data),
  time: at.toISOString(),
});

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

export const ids = (events: readonly OrderEvent[]): string[] => events.map(({ id }) => id);

type Apply = (transaction: Transaction<unknown>, events: readonly OrderEvent[]) => Promise<void>;

export interface Recorder extends RelayConsumer {
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
        select * from unnest(${ids(events)}::text[],
          ${events.map(({ subject }) => subject)}::text[])`.execute(transaction);
    },
    effects: async (orderId) => [
      ...(await allValues<string>(database)`
        select event_id from ${table}
        where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
        order by place`),
    ],
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
    if (poison === undefined) return Promise.resolve();
    return Promise.reject(new Error(`I do not like ${poison.id}`));
  });

/** Lets everything that is quarantined be due now. */
export const makeDue = async (database: Database): Promise<void> => {
  await sql`update events.quarantined set next_attempt_at = clock_timestamp()`.execute(database);
};

/** A database whose transactions commit, and then fail as if the connection was lost before the answer. */
export function losingAnswers(database: Database, isCut = () => true): Database {
  const execute = async (work: (transaction: Transaction<unknown>) => Promise<unknown>) => {
    const answer = await database.transaction().execute(work);
    if (isCut()) throw connectionLost();
    return answer;
  };
  return new Proxy(database, {
    get: (target, member) => {
      if (member === 'transaction') return () => ({ execute });
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const connectionLost = () => Object.assign(new Error('the connection was lost'), { code: '57P01' });

/** A database that does something between each statement and its answer. */
export const betweenAnswers = (database: Database, act: () => Promise<void> | void): Database =>
  database.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await act();
      return result;
    },
  });

/** To be thrown where an answer is to be lost. */
export const loseAnswer = (): never => {
  throw connectionLost();
};
