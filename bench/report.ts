import type { MachineWithTemporal } from './harness/machine.js';
import type { PostgresFigures, ProcessName } from './harness/usage.js';
import type { Ending, Path } from './mix.js';
import type { BenchOptions } from './options.js';

export const variantNames = ['service', 'plain', 'empty'] as const;
export type VariantName = (typeof variantNames)[number];

/** One order's way: times in milliseconds since it was sent; one that is missing did not come. */
export interface Trip {
  readonly orderId: string;
  readonly returnId?: string;
  /** By the clock of this machine, which the database shares. */
  readonly sentAtMs: number;
  readonly acceptedAfterMs: number;
  readonly confirmedAfterMs?: number | undefined;
  /** When it was delivered, or had gone whatever way it was to go; its return belongs to it. */
  readonly endedAfterMs?: number | undefined;
  readonly path?: Path | undefined;
  readonly ending?: Ending | undefined;
}

export type NamelessTrip = Omit<Trip, 'orderId' | 'returnId'>;

type PerProcess = Readonly<Partial<Record<ProcessName, number>>>;

export interface Run {
  readonly arm: VariantName;
  readonly latencyMs: number;
  readonly round: number;
  readonly trips: readonly NamelessTrip[];
  readonly elapsedMs: number;
  readonly cpuMs: PerProcess;
  readonly peakMemoryMib: PerProcess;
  readonly postgres: PostgresFigures;
  readonly timelineEntries: number;
  /** At half of the rate of these figures; absent where the variant was not asked. */
  readonly acceptedAtHalfPeakMs?: readonly number[];
  /** From the commit of each fact to that of each consumer, while further orders were at full load. */
  readonly consumedAfterMs?: readonly number[];
  /** Webhooks of all orders that came before their label was known, and waited for the relay. */
  readonly earlyWebhooks: number;
  /** Of a sample of the orders; under the mix of all of them, in the order of the trips. */
  readonly historyEvents: readonly number[];
  readonly billableActions: readonly number[];
}

/** The raw figures of one run of the benchmark; `arm` is what its file calls a variant. */
export interface Report {
  readonly at: string;
  readonly machine: MachineWithTemporal;
  readonly settings: Pick<BenchOptions, 'orders' | 'concurrency' | 'warmUp' | 'rounds' | 'paceMs'>;
  readonly runs: readonly Run[];
  /** The same figures under the mix; empty when it was left out. */
  readonly mixRuns: readonly Run[];
}
