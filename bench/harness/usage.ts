import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import type pg from 'pg';
import type { Stack } from './stack.js';
import { sumOf } from './statistics.js';
import type { System } from './system.js';

export const processNames = [
  'api',
  'worker',
  'services',
  'relay',
  'temporal',
  'postgres_orders',
  'postgres_sandbox',
  'sandbox',
  'load_generator',
] as const;
export type ProcessName = (typeof processNames)[number];

/** The stand-ins for other companies, and the load generator. */
export const outside: readonly ProcessName[] = ['sandbox', 'postgres_sandbox', 'load_generator'];

/** Our own statements carry this mark and are not counted. */
const mark = '/* bench */';

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is. */
const msPerTick = 10;

/** Write transactions and log are of both databases where they share a Postgres. */
export type PostgresFigures = Readonly<
  Record<'ordersStatements' | 'sandboxStatements' | 'writeTransactions' | 'walBytes', number> &
    Partial<Record<'sandboxWriteTransactions' | 'sandboxWalBytes', number>>
>;

/** @throws Error on a system that does not show CPU time by process in /proc */
export function requireProc(): void {
  if (platform() !== 'linux') throw new Error('The benchmark needs Linux: it reads /proc.');
}

export async function spentDuring<Result>(
  stack: Stack,
  system: System,
  work: () => Promise<Result>,
) {
  const before = await usageOf(stack, system);
  const result = await work();
  const isSandboxApart = stack.sandboxPostgres !== undefined;
  return { result, ...spentBetween(before, await usageOf(stack, system), isSandboxApart) };
}

export const pidsOf = (
  { temporal }: Stack,
  { pids }: System,
): Readonly<Record<string, number>> => ({
  ...pids,
  ...(temporal && { temporal: temporal.pid }),
  load_generator: process.pid,
});

type Figures = Readonly<Record<string, number>>;

async function usageOf(stack: Stack, system: System) {
  const { pool, sandboxPool } = system;
  const { sandboxPostgres } = stack;
  const { rows: backends } = await pool.query<{ pid: number }>(
    `select ${mark} pid from pg_stat_activity where datname = 'sandbox'`,
  );
  const postgres: Figures = {
    ...(await postgresFigures(pool)),
    ...(sandboxPostgres !== undefined && ofSandbox(await postgresFigures(sandboxPool))),
  };
  const own = Object.entries(pidsOf(stack, system)).map(([name, pid]) => [name, cpuOf(pid)]);
  const cpuMs: Figures = {
    ...Object.fromEntries(own),
    postgres_orders: cpuOfTree(stack.postgres.pid),
  };
  /** What is not the service's cost: a Postgres of its own, or each process that serves the sandbox. */
  const sandboxMs: Figures =
    sandboxPostgres === undefined
      ? Object.fromEntries(backends.map(({ pid }) => [pid, cpuOf(pid)]))
      : { all: cpuOfTree(sandboxPostgres.pid) };
  return { cpuMs, sandboxMs, postgres };
}

const ofSandbox = (figures: PostgresFigures) => ({
  sandboxStatements: figures.sandboxStatements,
  sandboxWriteTransactions: figures.writeTransactions,
  sandboxWalBytes: figures.walBytes,
});

type Usage = Awaited<ReturnType<typeof usageOf>>;

function spentBetween(before: Usage, after: Usage, isSandboxApart: boolean) {
  const spent = (what: keyof Usage): Figures =>
    Object.fromEntries(
      Object.entries(after[what]).map(([name, value]) => [name, value - (before[what][name] ?? 0)]),
    );
  const forSandbox = sumOf(Object.values(spent('sandboxMs')));
  const cpuMs = spent('cpuMs');
  return {
    cpuMs: {
      ...cpuMs,
      postgres_orders: (cpuMs['postgres_orders'] ?? 0) - (isSandboxApart ? 0 : forSandbox),
      postgres_sandbox: forSandbox,
    },
    postgres: spent('postgres') as unknown as PostgresFigures,
  };
}

/** Transaction ids that were given out are exact at once, unlike pg_stat_database. */
async function postgresFigures(pool: pg.Pool) {
  const { rows } = await pool.query<PostgresFigures & Figures>(`select ${mark}
    coalesce(sum(s.calls) filter (where d.datname = 'orders'), 0)::float8 as "ordersStatements",
    coalesce(sum(s.calls) filter (where d.datname = 'sandbox'), 0)::float8 as "sandboxStatements",
    pg_snapshot_xmax(pg_current_snapshot())::text::float8 as "writeTransactions",
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as "walBytes"
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where s.query not like '%${mark}%'`);
  return rows[0]!;
}

export function cpuOf(pid: number): number {
  const [user = 0, system = 0] = cpuTicks(pid);
  return (user + system) * msPerTick;
}

/** CPU time of the process and its descendants so far, also of those that have ended. */
export const cpuOfTree = (root: number): number =>
  sumOf(treeOf(root).flatMap(cpuTicks)) * msPerTick;

/** Forgets the highest memory use so far, where the system lets us. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    return;
  }
}

export const peakMemoryMib = (pid: number): number =>
  kibibytesOf(textOf(`/proc/${pid}/status`), 'VmHWM') / 1024;

/** Memory now of a process and its descendants; what they share is counted once. */
export function memoryOfTreeMib(root: number): number {
  const sizes = treeOf(root).map((pid) => kibibytesOf(textOf(`/proc/${pid}/smaps_rollup`), 'Pss'));
  return sumOf(sizes) / 1_024;
}

const kibibytesOf = (content: string | undefined, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(content ?? '')?.[1] ?? 0);

/** User and system time of the process, then of its children that have ended; all 0 when gone. */
function cpuTicks(pid: number): readonly number[] {
  const fields = statOf(pid);
  return [11, 12, 13, 14].map((index) => Number(fields?.[index] ?? 0));
}

function treeOf(root: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), Number(statOf(Number(pid))?.[1] ?? 0)]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return pid === root || (parent !== undefined && parent > 0 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** What follows the name in /proc/<pid>/stat; the name itself may hold blanks and brackets. */
function statOf(pid: number): readonly string[] | undefined {
  const content = textOf(`/proc/${pid}/stat`);
  return content?.slice(content.lastIndexOf(')') + 2).split(' ');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
