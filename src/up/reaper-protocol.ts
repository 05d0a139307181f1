import type { ProcessRecord } from './process-identity.js';

/** What the reaper must end when the supervisor dies without a word. */
export interface Reapable extends ProcessRecord {
  /** Ended in descending order. */
  readonly order: number;
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

export type ReaperMessage = readonly Reapable[];
