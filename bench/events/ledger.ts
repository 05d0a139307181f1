import { sql } from 'kysely';
import type { Consumer } from '../../src/events/consumer.js';

/** The simplest consumer that does something: a row for each event. */
export const ledger: Consumer = {
  name: 'bench',
  apply: async (transaction, events) => {
    const ids = events.map(({ id }) => id);
    const orders = events.map(({ subject }) => subject);
    const sequences = events.map(({ ordersequence }) => ordersequence);
    await sql`insert into bench.effects (event_id, order_id, sequence)
      select * from unnest(${ids}::text[], ${orders}::text[], ${sequences}::integer[])
    `.execute(transaction);
  },
};

/** What the benchmark writes beside the service's own tables. */
export const ledgerTables = `
  create schema bench;
  create table bench.effects (event_id text primary key, order_id text, sequence integer);
  create table bench.offered (order_id text, sequence integer, primary key (order_id, sequence));
`;
