import { isEnded } from '../compare/judge/evidence.js';
import { markdownTable } from '../markdown.js';
import type { Witnessed } from './judges/judge.js';
import type { Finding, StallProof } from './report.js';

/** What happened in the run. */
export function countsTable({
  seed,
  elapsedMs,
  damage,
  workerOwnEnds,
  orders,
}: StallProof): string {
  const count = (holds: (order: Witnessed) => boolean): number => orders.filter(holds).length;
  const fate = (name: Witnessed['cancelFate']) => count(({ cancelFate }) => cancelFate === name);
  const ended = (status: string) => count(({ evidence }) => evidence.told === status);
  const rows: readonly (readonly [string, number])[] = [
    ['seed', seed],
    ['orders', orders.length],
    ['seconds', Math.round(elapsedMs / 1_000)],
    ['worker stopped', damage.stalls],
    ['– seconds in all', Math.round(damage.stalledMs / 1_000)],
    ['worker killed', damage.kills],
    ['worker ended by itself', workerOwnEnds],
    ['cancels by the API', count(({ order }) => order.cancel?.by === 'api')],
    ['cancels by signal', count(({ order }) => order.cancel?.by === 'signal')],
    ['– had their effect', fate('cancelled')],
    ['– refused with the reason', fate('refused')],
    ['– wait for a person', fate('waits for a person')],
    ['– unanswered', fate('unanswered')],
    ['– lost', fate('lost')],
    ['orders delivered', ended('delivered')],
    ['orders cancelled', ended('cancelled')],
    ['orders that ended otherwise', ended('rejected') + ended('failed')],
    [
      'orders that wait for a person',
      count(({ evidence }) => !isEnded(evidence) && evidence.waits.length > 0),
    ],
  ];
  return markdownTable([['', 'count'], ...rows.map(([what, value]) => [what, String(value)])]);
}

/** Which orders wait for a person, and why. */
export const waitingOrders = (orders: readonly Witnessed[]): string =>
  orders
    .filter(({ evidence }) => evidence.waits.length > 0)
    .map(({ evidence }) => `  ${evidence.orderId}: ${evidence.waits.join(', ')}`)
    .join('\n');

export const findingLines = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ orderId, status, cancel, what }) =>
        `${orderId}: ${status}, cancel: ${cancel}\n${what.map((rule) => `  not: ${rule}`).join('\n')}`,
    )
    .join('\n');
