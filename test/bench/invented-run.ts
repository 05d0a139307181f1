import type { NamelessTrip, Run } from '../../bench/report.js';

/** A round of the benchmark that nobody ran. */
export const inventedRun = (trips: readonly NamelessTrip[], run: Partial<Run> = {}): Run => ({
  arm: 'service',
  latencyMs: 0,
  round: 1,
  trips,
  elapsedMs: 2_000,
  cpuMs: { worker: 100 },
  peakMemoryMib: {},
  postgres: { ordersStatements: 40, sandboxStatements: 20, writeTransactions: 30, walBytes: 0 },
  timelineEntries: 0,
  earlyWebhooks: 0,
  historyEvents: trips.map(() => 30),
  billableActions: trips.map(() => 10),
  ...run,
});
