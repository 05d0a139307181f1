/** The relay's event loops with the benchmark's consumer, in a process whose CPU time can be read. */
import { sql } from 'kysely';
import { openDatabase } from '../../src/db/database.js';
import type { RelayConsumer } from '../../src/events/consumer.js';
import { createLogger } from '../../src/logger.js';
import { startEventLoops } from '../../src/relay/event-loops.js';

/** The simplest consumer that does something: a row for each event. */
const consumer: RelayConsumer = {
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

const databaseUrl = process.argv[2] ?? '';
const database = openDatabase({ url: databaseUrl, poolSize: 5 });
startEventLoops({
  database,
  databaseUrl,
  log: createLogger('relay', 'warn'),
  consumers: [consumer],
});
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
