import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { percentiles, sumOf } from '../harness/statistics.js';
import type { Stack } from '../harness/stack.js';
import type { QueryFigures } from './report.js';

/** pg_stat_statements knows no percentiles, so Postgres writes how long each statement took. */
const logging = {
  log_line_prefix: '%p %Q|',
  log_parameter_max_length: '0',
  log_min_duration_statement: '0',
} as const;

const durations =
  /^(\d+) (-?\d+)\|LOG: {2}duration: ([\d.]+) ms {2}(parse|bind|execute|statement)\b/;
const longestText = 600;
/** Of statements that nearly no order sends, a percentile says nothing. */
const rarestPerOrder = 0.2;

/** How long each statement takes while this happens. Writing it down costs, so nothing else is measured. */
export async function queryFigures(
  { logFolder }: Stack,
  pool: pg.Pool,
  orders: number,
  work: () => Promise<unknown>,
): Promise<readonly QueryFigures[]> {
  const log = join(logFolder, 'postgres.log');
  const { size: before } = await stat(log);
  await set(pool, logging);
  await work();
  await set(pool, Object.fromEntries(Object.keys(logging).map((name) => [name, undefined])));
  const written = (await readFile(log)).subarray(before).toString('utf8');
  const texts = await statementTexts(pool);
  return [...durationsIn(written)]
    .flatMap(([id, ms]) => {
      const text = texts.get(id);
      return text === undefined ? [] : [figuresOf(text, ms, orders)];
    })
    .filter(({ callsPerOrder }) => callsPerOrder >= rarestPerOrder)
    .sort((one, other) => other.msPerOrder - one.msPerOrder);
}

async function set(pool: pg.Pool, settings: Readonly<Record<string, string | undefined>>) {
  for (const [name, value] of Object.entries(settings)) {
    await pool.query(
      `alter system ${value === undefined ? `reset ${name}` : `set ${name} = '${value}'`}`,
    );
  }
  await pool.query('select pg_reload_conf()');
}

/** By the id of the statement. What its parts took is added up: parsed, planned, carried out. */
export function durationsIn(log: string): ReadonlyMap<string, readonly number[]> {
  const all = new Map<string, number[]>();
  const begun = new Map<string, number>();
  for (const line of log.split('\n')) {
    const [, pid = '', id = '', ms = '', part] = durations.exec(line) ?? [];
    if (part === undefined) continue;
    const soFar = (begun.get(pid) ?? 0) + Number(ms);
    if (part === 'parse' || part === 'bind') {
      begun.set(pid, soFar);
    } else {
      begun.delete(pid);
      const known = all.get(id);
      if (known === undefined) all.set(id, [soFar]);
      else known.push(soFar);
    }
  }
  return all;
}

async function statementTexts(pool: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ id: string; text: string }>(
    `select queryid::text as id, min(query) as text from pg_stat_statements s
      join pg_database d on d.oid = s.dbid and d.datname = current_database()
      where toplevel and query not like '%/* bench */%' group by 1`,
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

function figuresOf(text: string, ms: readonly number[], orders: number): QueryFigures {
  const { p50, p99 } = percentiles(ms);
  return {
    text: text.replaceAll(/\s+/g, ' ').trim().slice(0, longestText),
    callsPerOrder: ms.length / orders,
    msPerOrder: sumOf(ms) / orders,
    p50Ms: p50,
    p99Ms: p99,
  };
}
