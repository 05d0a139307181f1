import { expect, test } from 'vitest';
import { withClient } from '../../src/up/postgres/databases.js';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

/** Without a relay, all statements in the orders' database are those of api and worker. */
const stack = useTestStack({ roles: ['sandbox', 'worker', 'api'] });

const mostStatements = 45;
const mostWrites = 20;

/** Our own statements, which are not counted. */
const mark = '/* counting */';
/** A statement that writes says so, or calls one of our functions; a read may write when it cleans a page. */
const writing = 'insert |update |delete |(orders|inventory|loyalty)[.][a-z_]+ *[(]';

interface Sent {
  readonly query: string;
  readonly calls: number;
  readonly writes: boolean;
  readonly logBytes: number;
}

const query = <Row extends object>(text: string, ...values: unknown[]) =>
  withClient(stack.url('database'), async (client) => {
    return (await client.query<Row>(text.replace(' ', ` ${mark} `), values)).rows;
  });

const sentSince = async (): Promise<readonly Sent[]> => {
  const rows = await query<Sent>(
    `select regexp_replace(query, '\\s+', ' ', 'g') as query, calls::integer,
      wal_records > 0 and query ~ $2 as writes, wal_bytes::integer as "logBytes"
    from pg_stat_statements where toplevel and query not like $1 and dbid = (
      select oid from pg_database where datname = current_database()) order by calls desc`,
    `%${mark}%`,
    writing,
  );
  return rows.filter(({ calls }) => calls > 0);
};

/** Two events of the payment and the carrier's three scans. */
const reports = 5;

async function deliverOne(): Promise<void> {
  const { id } = await stack.placeOrder();
  await stack.temporal.workflow.getHandle(id).result();
  await waitFor('the reports of both providers', async () => {
    const stored = await query(`select from orders.messages where order_id = $1`, id);
    expect(stored).toHaveLength(reports);
  });
}

test(`a delivered order costs ${mostStatements} statements and ${mostWrites} write transactions at most`, async () => {
  await query('create extension pg_stat_statements');
  await deliverOne();
  const counts: { statements: number; writes: number; logBytes: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    await query(`select pg_stat_statements_reset(0, oid, 0) from pg_database
      where datname = current_database()`);
    await deliverOne();
    const sent = await sentSince();
    const sum = (rows: readonly Sent[], of: 'calls' | 'logBytes' = 'calls') =>
      rows.reduce((total, row) => total + row[of], 0);
    counts.push({
      statements: sum(sent),
      writes: sum(sent.filter(({ writes }) => writes)),
      logBytes: sum(sent, 'logBytes'),
    });
    const lines = sent.map(
      ({ query: text, calls, writes }) => `${calls} ${writes ? 'w' : ' '} ${text.slice(0, 110)}`,
    );
    if (round === 2) process.stdout.write(`${lines.join('\n')}\n`);
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  // A busy machine only ever adds: a slow step is retried, and a slow report is sent again.
  expect(Math.min(...counts.map(({ statements }) => statements))).toBeLessThanOrEqual(
    mostStatements,
  );
  expect(Math.min(...counts.map(({ writes }) => writes))).toBeLessThanOrEqual(mostWrites);
});
