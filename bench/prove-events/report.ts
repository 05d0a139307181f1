import { countsTable } from '../harness/markdown.js';
import { verdictTable } from '../harness/proof.js';
import type { EventProof } from './proof.js';

export const proofTables = ({ damage, verdicts, ...proof }: EventProof): string => {
  const faults = countsTable([
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
  return `${faults}\n\n${verdictTable(verdicts)}`;
};

export const proofBlock = (proof: EventProof): string =>
  `Run on ${proof.at.slice(0, 10)}.\n\n${proofTables(proof)}`;
