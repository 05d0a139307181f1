import { countsTable } from '../harness/markdown.js';
import { verdictTable, type Proof } from '../harness/proof.js';
import type { Damage } from './faults.js';

/** What `npm run prove:events -- --json` writes; times are in milliseconds. */
export interface EventProof extends Proof {
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
  readonly relayOwnEnds: number;
}

const faultTable = ({ damage, ...proof }: EventProof): string =>
  countsTable([
    ['seed', proof.seed],
    ['orders', proof.orders],
    ['events', proof.events],
    ['seconds until all had arrived', Math.round(proof.elapsedMs / 1_000)],
    ['events per second', Math.round((proof.events * 1_000) / proof.elapsedMs)],
    ['relays side by side', proof.relays],
    ['– killed', damage.relayKills],
    ['– stopped for seconds', damage.pauses],
    ['– ended by themselves', proof.relayOwnEnds],
    ['subscriber killed', damage.subscriberKills],
    ['database connections cut', damage.cutConnections],
    ['Postgres crashed or restarted', damage.postgresEnds],
    ['transactions held open', proof.heldTransactions],
    ['facts published late', proof.lateFacts],
    ['transactions tried again', proof.retriedTransactions],
    ['events parked and retried', proof.parkings],
    ['webhook messages received', proof.messages],
    ['– deliveries tried more than once', proof.retriedDeliveries],
    ['– received again after they were taken', proof.duplicates],
  ]);

export const proofTables = (proof: EventProof): string =>
  `${faultTable(proof)}\n\n${verdictTable(proof.verdicts)}`;

export const proofBlock = (proof: EventProof): string =>
  `Run on ${proof.at.slice(0, 10)}.\n\n${proofTables(proof)}`;
