import { isEnded, type OwnLedger, type TimedFact } from '../../ledgers/evidence.js';
import { restMs } from './payment-process.js';

export interface Seen {
  readonly sentAtMs: number;
  /** Nothing until somebody has looked for the first time. */
  readonly ledger: Pick<OwnLedger, 'status' | 'waits' | 'facts'> | undefined;
  /** By everybody's ledgers; nothing until the order has ended and come to rest. */
  readonly brokenRules: readonly string[] | undefined;
}

/** What silence means at a moment. */
export interface Circumstances {
  readonly nowMs: number;
  /** An order without a new fact for so long stands still. */
  readonly stillMs: number;
  /** Since when the payment process runs; nothing while it is away. */
  readonly runsSinceMs: number | undefined;
  readonly killsMs: readonly number[];
}

export type Recovery =
  | { readonly kind: 'not_needed' }
  | { readonly kind: 'awaited'; readonly sinceMs: number }
  | { readonly kind: 'recovered'; readonly tookMs: number };

export interface Counters {
  readonly placed: number;
  readonly underWay: number;
  readonly delivered: number;
  readonly endedOtherwise: number;
  readonly stuck: number;
  readonly wrong: number;
  readonly waitingForPerson: number;
  readonly kills: number;
  readonly recovery: Recovery;
  readonly lastEvent: TimedFact | undefined;
}

export function countersOf(orders: readonly Seen[], circumstances: Circumstances): Counters {
  const stages = orders.map((order) => stageOf(order, circumstances));
  const count = (stage: Stage): number => stages.filter((one) => one === stage).length;
  return {
    placed: orders.length,
    underWay: count('under_way'),
    delivered: count('delivered'),
    endedOtherwise: count('ended_otherwise'),
    stuck: count('stuck'),
    wrong: orders.filter(({ brokenRules = [] }) => brokenRules.length > 0).length,
    waitingForPerson: orders.filter(waitsForPerson).length,
    kills: circumstances.killsMs.length,
    recovery: recoveryOf(orders, circumstances.killsMs),
    lastEvent: lastOf(orders.flatMap(({ ledger }) => ledger?.facts.slice(-1) ?? [])),
  };
}

type Stage = 'under_way' | 'delivered' | 'ended_otherwise' | 'stuck' | 'waiting_for_person';

export function stageOf(order: Seen, circumstances: Circumstances): Stage {
  const { ledger } = order;
  if (ledger !== undefined && isEnded(ledger)) {
    return ledger.status === 'delivered' ? 'delivered' : 'ended_otherwise';
  }
  if (waitsForPerson(order)) return 'waiting_for_person';
  return isStill(order, circumstances) ? 'stuck' : 'under_way';
}

const waitsForPerson = ({ ledger }: Seen): boolean => (ledger?.waits.length ?? 0) > 0;

/** Nobody is to blame for silence while the process is away that was killed. */
export function isStill(
  { sentAtMs, ledger }: Seen,
  { nowMs, stillMs, runsSinceMs }: Circumstances,
): boolean {
  if (runsSinceMs === undefined) return false;
  const changedMs = ledger?.facts.at(-1)?.atMs ?? sentAtMs;
  return nowMs - Math.max(changedMs, runsSinceMs) > stillMs;
}

/** From the last kill until the first payment that somebody has carried out since. */
function recoveryOf(orders: readonly Seen[], killsMs: readonly number[]): Recovery {
  const killedMs = killsMs.at(-1);
  if (killedMs === undefined) return { kind: 'not_needed' };
  const payments = orders
    .flatMap(({ ledger }) => ledger?.facts ?? [])
    .filter(({ type, atMs }) => type.startsWith('payment.') && isByNext(atMs, killedMs));
  if (payments.length === 0) return { kind: 'awaited', sinceMs: killedMs };
  return { kind: 'recovered', tookMs: Math.min(...payments.map(({ atMs }) => atMs)) - killedMs };
}

/** What comes sooner, the dead process had begun. */
const isByNext = (atMs: number, killedMs: number): boolean => atMs >= killedMs + restMs;

const lastOf = (facts: readonly TimedFact[]): TimedFact | undefined =>
  facts.reduce<TimedFact | undefined>(
    (last, fact) => (last === undefined || fact.atMs > last.atMs ? fact : last),
    undefined,
  );
