import type { Stack } from '../harness/stack.js';
import { openPool, type Print } from '../harness/stack.js';
import { closedLoop } from '../harness/load.js';
import type { Afterwards } from '../afterwards.js';
import { measure } from '../measure.js';
import { readBenchOptions, type ScaleOptions } from '../options.js';
import { summarize } from '../summary.js';
import { service } from '../variants.js';
import { findingsIn, untilAtRest } from './check.js';
import { fill } from './fill.js';
import { queryFigures } from './queries.js';
import type { QueryFigures, SizeRun, TableSize } from './report.js';
import { takeTemplates } from './templates.js';

const paceMs = 150;

/** The same measurement among more and more orders. @throws Error when the rows written are not sound */
export async function measureSizes(
  stack: Stack,
  options: ScaleOptions,
  print: Print,
): Promise<{ readonly sizes: readonly SizeRun[]; readonly tables: readonly TableSize[] }> {
  const pool = openPool(stack.wiring.databaseUrl);
  try {
    const shares = await takeTemplates(stack);
    const sizes: SizeRun[] = [];
    let filled = 0;
    for (const orders of options.sizes) {
      const beganMs = performance.now();
      await fill(stack.wiring.databaseUrl, shares, { from: filled + 1, until: orders });
      filled = orders;
      const findings = await findingsIn(pool);
      if (findings.length > 0) throw new Error(findings.slice(0, 5).join('\n'));
      const seconds = ((performance.now() - beganMs) / 1_000).toFixed(0);
      const size = await measureSize(stack, options, orders);
      const { perSecond, serviceCpuMs } = size;
      print(
        `${orders} orders in the tables (filled in ${seconds} s): ` +
          `${perSecond.toFixed(1)}/s, ${serviceCpuMs.toFixed(0)} ms`,
      );
      sizes.push(size);
    }
    return { sizes, tables: await tableSizes(stack) };
  } finally {
    await pool.end();
  }
}

async function measureSize(stack: Stack, options: ScaleOptions, orders: number): Promise<SizeRun> {
  let queries: readonly QueryFigures[] = [];
  const afterwards: Afterwards = async ({ system, drive, concurrency }) => {
    const work = () => closedLoop(options.orders, concurrency, drive);
    queries = await queryFigures(stack, system.pool, options.orders, work);
    await untilAtRest(system.pool);
    return {};
  };
  const benchOptions = {
    ...readBenchOptions([]),
    ...{ orders: options.orders, concurrency: options.concurrency, warmUp: options.concurrency },
  };
  const conditions = { latencyMs: 0, paceMs };
  const run = await measure(stack, { ...service, afterwards }, conditions, benchOptions, 1);
  const [summary] = summarize({ runs: [run] }).flatMap(({ variants }) => variants);
  if (summary === undefined || summary.unfinished > 0) throw new Error('Orders did not end');
  return {
    orders,
    perSecond: summary.endedPerSecond,
    statements: summary.ordersStatements,
    writeTransactions: summary.writeTransactions,
    walKib: summary.walKib,
    serviceCpuMs: summary.serviceCpuMs,
    cpuMs: summary.cpuMs,
    confirmedP95Ms: summary.confirmed?.p95 ?? Number.NaN,
    billableActions: summary.actions,
    historyEvents: summary.events,
    queries,
  };
}

/** Of those tables that grow with the orders. */
async function tableSizes({ wiring }: Stack): Promise<readonly TableSize[]> {
  const pool = openPool(wiring.databaseUrl);
  try {
    await pool.query('analyze');
    const { rows } = await pool.query<TableSize>(`
      with orders as (select count(*)::float8 as count from orders.orders)
      select format('%s.%s', s.schemaname, s.relname) as "table", c.reltuples / orders.count as rows,
        pg_table_size(c.oid) / orders.count as "tableBytes",
        pg_indexes_size(c.oid) / orders.count as "indexBytes"
      from pg_stat_user_tables s join pg_class c on c.oid = s.relid, orders
      where c.reltuples > orders.count / 100
      order by pg_total_relation_size(c.oid) desc`);
    return rows;
  } finally {
    await pool.end();
  }
}
