import type { Damage } from './havoc.js';
import type { Verdict } from './judges/verdict.js';

/** What `npm run prove:events -- --json` writes; times are in milliseconds. */
export interface Proof {
  readonly at: string;
  readonly seed: number;
  readonly orders: number;
  readonly events: number;
  readonly relays: number;
  readonly subscribers: number;
  /** From the first order until everything had arrived everywhere. */
  readonly elapsedMs: number;
  readonly damage: Damage;
  /** Facts that were published after one with a higher number: a reader by numbers skips them. */
  readonly lateFacts: number;
  readonly heldTransactions: number;
  readonly retriedTransactions: number;
  /** Events that a team refused, and took later. */
  readonly parkings: number;
  readonly messages: number;
  readonly retriedDeliveries: number;
  /** Messages that a subscriber had taken before. */
  readonly duplicates: number;
  /** Relays that ended without being killed. */
  readonly relayOwnEnds: number;
  readonly verdicts: readonly Verdict[];
  /** What should have happened and did not, so that the run proves too little. */
  readonly vacuous: readonly string[];
}

export const isProven = ({ verdicts, vacuous }: Proof): boolean =>
  vacuous.length === 0 && verdicts.every(({ differences }) => differences === 0);
