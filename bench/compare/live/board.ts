import { isEnded } from '../../../src/domain/order-state.js';
import { markdownTable } from '../../harness/markdown.js';
import type { OwnLedger } from '../../ledgers/evidence.js';
import type { VariantName } from '../data/names.js';
import { restMs } from './payment-process.js';

export interface Seen {
  readonly sentAtMs: number;
  /** Nothing until it was read for the first time. */
  readonly ledger: Pick<OwnLedger, 'status' | 'waits' | 'facts'> | undefined;
  readonly brokenRules: readonly string[] | undefined;
}

/** What silence means at a moment. */
export interface Circumstances {
  readonly nowMs: number;
  readonly stillMs: number;
  /** Since when the payment process runs; nothing while it is away. */
  readonly runsSinceMs: number | undefined;
  readonly killsMs: readonly number[];
}

type Counters = ReturnType<typeof countersOf>;

export function countersOf(orders: readonly Seen[], circumstances: Circumstances) {
  const { killsMs } = circumstances;
  const stages = orders.map((order) => stageOf(order, circumstances));
  const count = (stage: ReturnType<typeof stageOf>): number =>
    stages.filter((one) => one === stage).length;
  const facts = orders.flatMap(({ ledger }) => ledger?.facts ?? []);
  return {
    placed: orders.length,
    underWay: count('under_way'),
    delivered: count('delivered'),
    endedOtherwise: count('ended_otherwise'),
    stuck: count('stuck'),
    wrong: orders.filter(({ brokenRules = [] }) => brokenRules.length > 0).length,
    waitingForPerson: orders.filter(waitsForPerson).length,
    kills: killsMs.length,
    recovery: recoveryOf(facts, killsMs.at(-1)),
    lastEvent: facts.toSorted((one, other) => one.atMs - other.atMs).at(-1),
  };
}

export function stageOf(order: Seen, circumstances: Circumstances) {
  const { ledger } = order;
  if (ledger !== undefined && isEnded(ledger)) {
    return ledger.status === 'delivered' ? 'delivered' : 'ended_otherwise';
  }
  if (waitsForPerson(order)) return 'waiting_for_person';
  return isStill(order, circumstances) ? 'stuck' : 'under_way';
}

const waitsForPerson = ({ ledger }: Seen): boolean => (ledger?.waits.length ?? 0) > 0;

/** Silence is no failure while the process is away that was killed. */
export function isStill(
  { sentAtMs, ledger }: Seen,
  { nowMs, stillMs, runsSinceMs }: Circumstances,
): boolean {
  if (runsSinceMs === undefined) return false;
  const changedMs = ledger?.facts.at(-1)?.atMs ?? sentAtMs;
  return nowMs - Math.max(changedMs, runsSinceMs) > stillMs;
}

/** From the last kill until the first payment since; what comes sooner, the dead process had begun. */
function recoveryOf(facts: OwnLedger['facts'], killedMs: number | undefined) {
  if (killedMs === undefined) return { kind: 'not_needed' } as const;
  const payments = facts
    .filter(({ type, atMs }) => type.startsWith('payment.') && atMs >= killedMs + restMs)
    .map(({ atMs }) => atMs);
  if (payments.length === 0) return { kind: 'awaited', sinceMs: killedMs } as const;
  return { kind: 'recovered', tookMs: Math.min(...payments) - killedMs } as const;
}

export interface Standing {
  readonly name: VariantName;
  readonly counters: Counters;
  readonly isAway: boolean;
}

type Shown = (counters: Counters, nowMs: number) => string;

export const figures: Readonly<Record<string, readonly [title: string, shown: Shown]>> = {
  placed: ['placed', ({ placed }) => String(placed)],
  'under-way': ['under way', ({ underWay }) => String(underWay)],
  delivered: ['delivered', ({ delivered }) => String(delivered)],
  otherwise: ['ended otherwise', ({ endedOtherwise }) => String(endedOtherwise)],
  stuck: ['stuck', ({ stuck }) => String(stuck)],
  wrong: ['wrong', ({ wrong }) => String(wrong)],
  person: ['waits for a person', ({ waitingForPerson }) => String(waitingForPerson)],
  kills: ['kills', ({ kills }) => String(kills)],
  recovery: ['paying again after', ({ recovery }, nowMs) => shownRecovery(recovery, nowMs)],
  event: ['last event', ({ lastEvent }) => lastEvent?.type ?? '–'],
};

export const textsOf = (
  standings: readonly Standing[],
  nowMs: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ['notice', noticeOf(standings)],
    ...standings.flatMap(({ name, counters, isAway }) => [
      [`${name}-process`, isAway ? 'killed' : 'running'],
      ...Object.entries(figures).map(([figure, [, shown]]) => [
        `${name}-${figure}`,
        shown(counters, nowMs),
      ]),
    ]),
  ]) as Readonly<Record<string, string>>;

export const tableOf = (standings: readonly Standing[], nowMs: number): string =>
  markdownTable([
    ['', ...standings.map(({ name }) => name)],
    ...Object.values(figures).map(([title, shown]) => [
      title,
      ...standings.map(({ counters }) => shown(counters, nowMs)),
    ]),
  ]);

function shownRecovery(recovery: Counters['recovery'], nowMs: number): string {
  if (recovery.kind === 'not_needed') return '–';
  if (recovery.kind === 'recovered') return seconds(recovery.tookMs);
  return `${seconds(nowMs - recovery.sinceMs)} …`;
}

/** Read out loud, so it changes only when something has happened. */
function noticeOf(standings: readonly Standing[]): string {
  if (standings.every(({ counters }) => counters.kills === 0)) return 'Nobody was killed yet.';
  const away = standings.filter(({ isAway }) => isAway).map(({ name }) => name);
  if (away.length === standings.length) {
    return `The payment service is killed in all variants, and starts again after ${seconds(restMs)}.`;
  }
  const back = standings.flatMap(({ name, counters: { recovery } }) =>
    recovery.kind === 'recovered' ? [`${name} after ${seconds(recovery.tookMs)}`] : [],
  );
  const running =
    away.length === 0 ? 'It runs again everywhere.' : `Still away: ${away.join(', ')}.`;
  return back.length === 0 ? running : `${running} Paying again: ${back.join(', ')}.`;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
