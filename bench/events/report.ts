/** What `npm run bench:events -- --json` writes; times are in milliseconds. */
export interface EventReport {
  readonly at: string;
  readonly machine: {
    readonly cores: number;
    readonly memoryGib: number;
    readonly platform: string;
    readonly node: string;
    readonly postgres: string;
  };
  readonly backlog: Drain;
  readonly steady: Steady;
}

/** CPU time of the relay's process and of Postgres with all of its own. */
export interface Cost {
  readonly elapsedMs: number;
  readonly relayCpuMs: number;
  readonly postgresCpuMs: number;
}

/** A full outbox, emptied. */
export interface Drain extends Cost {
  readonly events: number;
}

/** Facts at a steady rate: from the commit of each to the commit of its consumer. */
export interface Steady extends Cost {
  readonly events: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
