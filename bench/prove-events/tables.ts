import { markdownTable } from '../markdown.js';
import type { Verdict } from './judges/verdict.js';
import type { Proof } from './report.js';

/** What happened in the run. */
export function troubleTable(proof: Proof): string {
  const { damage } = proof;
  const rows: readonly (readonly [string, number])[] = [
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
  ];
  return markdownTable([['', 'count'], ...rows.map(([what, count]) => [what, String(count)])]);
}

export const verdictTable = (verdicts: readonly Verdict[]): string =>
  markdownTable([
    ['what must hold', 'looked at', 'differences'],
    ...verdicts.map(({ what, count, differences }) => [what, String(count), String(differences)]),
  ]);

/** What docs/performance.md says of a run. */
export const proofBlock = (proof: Proof): string =>
  [`Run on ${proof.at.slice(0, 10)}.`, troubleTable(proof), verdictTable(proof.verdicts)].join(
    '\n\n',
  );

/** The first differing rows of everything that does not hold. */
export const examples = (verdicts: readonly Verdict[]): string =>
  verdicts
    .filter(({ differences }) => differences > 0)
    .flatMap(({ what, examples: found }) => [
      what,
      ...found.map((row) => `  ${JSON.stringify(row)}`),
    ])
    .join('\n');
