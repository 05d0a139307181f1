import type { MachineWithTemporal } from '../harness/machine.js';
import type { ProcessName } from '../harness/usage.js';

/** One statement of the service. Times are those of the server, parsing and planning included. */
export interface QueryFigures {
  readonly text: string;
  readonly callsPerOrder: number;
  readonly msPerOrder: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a delivered order costs while so many others are in the tables. */
export interface SizeRun {
  readonly orders: number;
  readonly perSecond: number;
  readonly statements: number;
  readonly writeTransactions: number;
  readonly walKib: number;
  readonly serviceCpuMs: number;
  readonly cpuMs: Readonly<Partial<Record<ProcessName, number>>>;
  readonly confirmedP95Ms: number;
  readonly billableActions: number;
  readonly historyEvents: number;
  readonly queries: readonly QueryFigures[];
}

/** Bytes for each order that is in the tables. */
export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** Two of each role at once. */
export interface TwinRun {
  readonly orders: number;
  readonly perSecond: number;
  readonly serviceCpuMs: number;
  /** What must hold, and how often it did not. */
  readonly checks: readonly { readonly what: string; readonly differences: number }[];
}

export interface HotSkuRun {
  readonly buyers: number;
  readonly units: number;
  readonly sold: number;
  readonly refused: number;
  readonly seconds: number;
  readonly oneSkuPerSecond: number;
  readonly manySkusPerSecond: number;
  readonly manySkus: number;
  /** Places whose ledgers do not agree. */
  readonly stockDifferences: readonly string[];
}

export interface ScaleReport {
  readonly at: string;
  readonly machine: MachineWithTemporal;
  readonly settings: { readonly measured: number; readonly concurrency: number };
  readonly sizes: readonly SizeRun[];
  readonly tables: readonly TableSize[];
  readonly twins?: TwinRun;
  readonly hotSku?: HotSkuRun;
}
