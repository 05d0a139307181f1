import { machineInWords, type Machine } from '../harness/machine.js';
import { decimal, markdownTable } from '../harness/markdown.js';
import type { drain, steady } from './measure.js';

type Drain = Awaited<ReturnType<typeof drain>>;

export interface EventReport {
  readonly at: string;
  readonly machine: Machine;
  readonly backlog: Drain;
  /** Facts at a steady rate: from the commit of each to the commit of its consumer. */
  readonly steady: Awaited<ReturnType<typeof steady>>;
}

export function eventBlock({ at, machine, backlog, steady }: EventReport): string {
  const conditions =
    `Taken ${at.slice(0, 10)} on ${machineInWords(machine)}; ` +
    `latency over ${steady.events} facts at ${steady.perSecond} per second.`;
  const cpuRows = (cost: Drain) => [
    ['– CPU of the relay, % of a core', share(cost, cost.relayCpuMs), ''],
    ['– CPU of Postgres, % of a core', share(cost, cost.postgresCpuMs), ''],
  ];
  const rate = Math.round((backlog.events * 1_000) / backlog.elapsedMs);
  const table = markdownTable([
    ['', 'measured', 'goal'],
    ['backlog emptied, facts', String(backlog.events), '100000'],
    ['– events per second', String(rate), '≥ 1000'],
    ...cpuRows(backlog),
    [`at ${steady.perSecond} per second: commit → consumer, p50 ms`, decimal(steady.p50Ms), ''],
    ['– p95 ms', decimal(steady.p95Ms), ''],
    ['– p99 ms', decimal(steady.p99Ms), '≤ 250'],
    ['– longest ms', decimal(steady.maxMs), ''],
    ...cpuRows(steady),
  ]);
  return `${conditions}\n\n${table}`;
}

const share = ({ elapsedMs }: Drain, cpuMs: number): string => decimal((cpuMs * 100) / elapsedMs);
