import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { untilCaughtUp } from '../../bench/afterwards.js';
import { ApiClient } from '../../bench/harness/api-client.js';
import { openPool, withStack, type Stack } from '../../bench/harness/stack.js';
import { api, sandbox, startSystem, worker, type System } from '../../bench/harness/system.js';
import { watchOrders } from '../../bench/harness/watch.js';
import { endLimitMs } from '../../bench/target.js';
import { findingsIn } from '../../bench/scale/check.js';
import { fill } from '../../bench/scale/fill.js';
import { takeTemplates } from '../../bench/scale/templates.js';

const moveMs = 100;

/** Those of statements within functions as well; without the parameters' values, as prepared ones have them. */
const explaining = {
  shared_preload_libraries: 'auto_explain',
  plan_cache_mode: 'force_generic_plan',
  'auto_explain.log_min_duration': '-1',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_verbose': 'on',
  'auto_explain.log_format': 'json',
} as const;

interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    Schema: z.string().optional(),
    'Relation Name': z.string().optional(),
    Plans: z.array(node).optional(),
  }),
);
const explained = z.object({ 'Query Text': z.string(), Plan: node });
type Explained = z.infer<typeof explained>;

interface SequentialScan {
  readonly table: string;
  readonly statement: string;
}

/** What all statements of one delivered order read, among `orders` others. */
export interface HotPath {
  readonly statements: readonly string[];
  /** Tables with a row for each order, or more. */
  readonly growing: readonly string[];
  /** Of growing tables alone. */
  readonly sequentialScans: readonly SequentialScan[];
}

/**
 * Carries out an order for each of these changes of the database, after the change.
 * @param changes in SQL; an empty one changes nothing
 */
export const hotPaths = (orders: number, changes: readonly string[]): Promise<readonly HotPath[]> =>
  withStack({ name: 'plans', print: () => undefined, postgres: explaining }, async (stack) => {
    await stack.renew('memory');
    const { databaseUrl } = stack.wiring;
    await fill(databaseUrl, await takeTemplates(stack), { from: 1, until: orders });
    const found: HotPath[] = [];
    const pool = openPool(databaseUrl, 1);
    const findings = await findingsIn(pool);
    await pool.end();
    if (findings.length > 0) throw new Error(findings.join('\n'));
    const system = await startSystem(stack, [sandbox(moveMs), worker, { role: 'relay' }, api]);
    try {
      for (const change of changes) {
        await system.pool.query(change);
        const plans = await plansDuring(stack, () => carryOutOne(system));
        found.push(hotPathOf(plans, await growingTables(system, orders)));
      }
    } finally {
      await system.stop();
    }
    return found;
  });

async function carryOutOne(system: System): Promise<void> {
  const watch = watchOrders(system.pool);
  try {
    const { orderId } = await new ApiClient(system.apiUrl).place({ id: 'cus_plans' }, {});
    await watch.waitFor(orderId, ({ status }) => status === 'delivered', endLimitMs);
    await untilCaughtUp(system.pool);
  } finally {
    await watch.stop();
  }
}

async function plansDuring({ wiring, logFolder }: Stack, work: () => Promise<void>) {
  const log = join(logFolder, 'postgres.log');
  const { size: before } = await stat(log);
  const pool = openPool(wiring.databaseUrl, 1);
  const explainFrom = async (ms: number): Promise<void> => {
    await pool.query(`alter system set auto_explain.log_min_duration = ${ms}`);
    await pool.query('select pg_reload_conf()');
  };
  try {
    await explainFrom(0);
    await work();
    await explainFrom(-1);
  } finally {
    await pool.end();
  }
  return plansIn((await readFile(log)).subarray(before).toString('utf8'));
}

/** Postgres begins the lines of a plan with a tab. */
function plansIn(log: string): readonly Explained[] {
  const plans = log.matchAll(/ ms {2}plan:\n((?:\t.*\n)+)/g);
  return [...plans].map(([, plan = '']) => explained.parse(JSON.parse(plan)));
}

async function growingTables({ pool }: System, orders: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.reltuples >= $1 and n.nspname not like 'pg\\_%' order by 1`,
    [orders / 2],
  );
  return rows.map(({ name }) => name);
}

const ours = '/* bench */';

function hotPathOf(plans: readonly Explained[], growing: readonly string[]): HotPath {
  const own = plans.filter((plan) => !plan['Query Text'].includes(ours));
  const scans = own.flatMap((plan) =>
    scannedIn(plan.Plan).map((table) => ({ table, statement: plan['Query Text'].trim() })),
  );
  return {
    statements: [...new Set(own.map((plan) => plan['Query Text'].trim()))],
    growing,
    sequentialScans: scans.filter(({ table }) => growing.includes(table)),
  };
}

const scannedIn = (plan: PlanNode): readonly string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [`${plan.Schema}.${plan['Relation Name']}`] : []),
  ...(plan.Plans ?? []).flatMap(scannedIn),
];
