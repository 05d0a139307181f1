import { markdownTable } from '../../harness/markdown.js';
import type { VariantName } from '../data/names.js';
import type { Counters, Recovery } from './counters.js';
import { restMs } from './payment-process.js';

export interface Standing {
  readonly name: VariantName;
  readonly counters: Counters;
  readonly isAway: boolean;
}

type Shown = (counters: Counters, nowMs: number) => string;

/** The figures by their names, in the order in which they are read. */
export const figures = {
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
} as const satisfies Readonly<Record<string, readonly [title: string, shown: Shown]>>;

const entries: readonly (readonly [string, readonly [string, Shown]])[] = Object.entries(figures);

export const textsOf = (
  standings: readonly Standing[],
  nowMs: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ['notice', noticeOf(standings)],
    ...standings.flatMap(({ name, counters, isAway }) => [
      [`${name}-process`, isAway ? 'killed' : 'running'] as const,
      ...entries.map(
        ([figure, [, shown]]) => [`${name}-${figure}`, shown(counters, nowMs)] as const,
      ),
    ]),
  ]);

export const tableOf = (standings: readonly Standing[], nowMs: number): string =>
  markdownTable([
    ['', ...standings.map(({ name }) => name)],
    ...entries.map(([, [title, shown]]) => [
      title,
      ...standings.map(({ counters }) => shown(counters, nowMs)),
    ]),
  ]);

function shownRecovery(recovery: Recovery, nowMs: number): string {
  switch (recovery.kind) {
    case 'not_needed':
      return '–';
    case 'awaited':
      return `${seconds(nowMs - recovery.sinceMs)} …`;
    case 'recovered':
      return seconds(recovery.tookMs);
  }
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
