import { verdict, type Verdict } from '../prove-events/judges/verdict.js';
import type { Damage, StalledOrder } from './drive.js';
import type { Judged, Witnessed } from './judges/judge.js';
import { rules } from './judges/rules.js';

/** An order that is not as it should be. */
export interface Finding {
  readonly orderId: string;
  readonly what: readonly string[];
  readonly status: string;
  readonly cancel: string;
}

export interface StallProof {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly damage: Damage;
  /**
   * How often the worker ended though nobody had killed it. No failure: when a stop meets it inside
   * workflow code, the SDK's time limit of 5 s for that can end the process, and it starts again.
   */
  readonly workerOwnEnds: number;
  readonly orders: readonly Witnessed[];
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly Finding[];
  /** What should have happened and did not, so that the run proves too little. */
  readonly vacuous: readonly string[];
}

export const isProven = ({ verdicts, vacuous }: StallProof): boolean =>
  vacuous.length === 0 && verdicts.every(({ differences }) => differences === 0);

export function verdictsOf({ orders, stock }: Judged): readonly Verdict[] {
  const ofOrders = rules.map(({ what, applies = () => true, isBroken }) => {
    const asked = orders.filter(applies);
    return verdict(
      what,
      asked.length,
      asked.filter(isBroken).map(({ order }) => order.orderId),
    );
  });
  return [...ofOrders, verdict("the stock's books agree", 1, stock)];
}

export const findingsOf = ({ orders }: Judged): readonly Finding[] =>
  orders.flatMap((witnessed) => {
    const { order, evidence, cancelFate } = witnessed;
    const broken = rules.filter(
      ({ applies = () => true, isBroken }) => applies(witnessed) && isBroken(witnessed),
    );
    if (broken.length === 0) return [];
    return {
      orderId: order.orderId,
      what: broken.map(({ what }) => what),
      status: evidence.told,
      cancel: cancelFate === undefined ? 'none' : `${cancelFate} (${sentBy(order.cancel)})`,
    };
  });

const sentBy = (cancel: StalledOrder['cancel']): string =>
  `by ${cancel?.by ?? '?'}, answered ${cancel?.status ?? 'nothing'}`;

/** A run in which nothing went wrong would prove nothing. */
export function missingTrouble(damage: Damage, orders: readonly Witnessed[]): readonly string[] {
  const by = (name: string) => orders.filter(({ order }) => order.cancel?.by === name).length;
  const counts = {
    stall: damage.stalls,
    kill: damage.kills,
    'cancel by the API': by('api'),
    'cancel by signal': by('signal'),
    'cancel that had its effect': orders.filter(({ cancelFate }) => cancelFate === 'cancelled')
      .length,
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [`no ${what}`] : []));
}
