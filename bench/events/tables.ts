import { decimal, markdownTable } from '../markdown.js';
import type { Cost, EventReport } from './report.js';

/** What the figures hold for. */
export function eventConditions({ at, machine, steady }: EventReport): string {
  const { cores, memoryGib, platform, node, postgres } = machine;
  return (
    `Taken ${at.slice(0, 10)} on ${cores} cores and ${memoryGib} GiB that all processes share ` +
    `(${platform}, Node ${node}, Postgres ${postgres}); ` +
    `latency over ${steady.events} facts at ${steady.perSecond} per second.`
  );
}

export function eventTable({ backlog, steady }: EventReport): string {
  return markdownTable([
    ['', 'measured', 'goal'],
    ['backlog emptied, facts', String(backlog.events), '100000'],
    ['– events per second', perSecond(backlog.events, backlog.elapsedMs), '≥ 1000'],
    ['– CPU of the relay, % of a core', share(backlog, backlog.relayCpuMs), ''],
    ['– CPU of Postgres, % of a core', share(backlog, backlog.postgresCpuMs), ''],
    [`at ${steady.perSecond} per second: commit → consumer, p50 ms`, decimal(steady.p50Ms), ''],
    ['– p95 ms', decimal(steady.p95Ms), ''],
    ['– p99 ms', decimal(steady.p99Ms), '≤ 250'],
    ['– longest ms', decimal(steady.maxMs), ''],
    ['– CPU of the relay, % of a core', share(steady, steady.relayCpuMs), ''],
    ['– CPU of Postgres, % of a core', share(steady, steady.postgresCpuMs), ''],
  ]);
}

const perSecond = (events: number, elapsedMs: number): string =>
  Math.round((events * 1_000) / elapsedMs).toString();

const share = ({ elapsedMs }: Cost, cpuMs: number): string => decimal((cpuMs * 100) / elapsedMs);
