import type { Cell } from '../compare/cell.js';
import { verdict, type Verdict } from '../harness/proof.js';
import { isEnded, isStuck, type Evidence } from '../ledgers/evidence.js';
import { evidenceOf, readOthers, readOwn, stockDifferences } from '../ledgers/read.js';
import { brokenRules } from '../ledgers/rules.js';
import type { SentCancel, StalledOrder } from './drive.js';
import { failedReplays, runsOf, statusesOf, type Runs, type Statuses } from './workflows.js';

export type CancelFate = 'cancelled' | 'refused' | 'waits for a person' | 'unanswered' | 'lost';

export interface Witnessed {
  readonly order: StalledOrder;
  readonly evidence: Evidence;
  readonly cancelFate: CancelFate | undefined;
  readonly statuses: Statuses;
  readonly replayFailure: string | undefined;
  readonly runs: Runs;
  /** Whether a delivery partner is still to answer. */
  readonly hasOpenOffer: boolean;
  /** The rules of the ledgers that it breaks, by their names. */
  readonly brokenRules: readonly string[];
}

/** Reads what everybody knows: the API, the row, the workflow, Temporal and the providers. */
export async function witness(
  cell: Cell,
  orders: readonly StalledOrder[],
): Promise<readonly Witnessed[]> {
  const { system } = cell;
  const orderIds = orders.map(({ orderId }) => orderId);
  const runs = await runsOf(
    system.client,
    orderIds.map((orderId) => cell.sight(orderId)),
  );
  const statuses = await statusesOf(system, orderIds);
  const replays = await failedReplays(system.client, orderIds);
  const others = await readOthers(system);
  const ledgers = new Map(
    (await readOwn(system, orderIds, true)).map((ledger) => [ledger.orderId, ledger]),
  );
  return orders.map((order): Witnessed => {
    const { orderId, cancel } = order;
    const own = ledgers.get(orderId);
    if (own === undefined) throw new Error(`${orderId} was accepted and is not there`);
    const facts = own.facts.map(({ type }) => type);
    const evidence = evidenceOf(order, own, others);
    return {
      order,
      evidence,
      cancelFate: cancel && fateOf(cancel, { ...own, facts }),
      statuses: statuses.get(orderId)!,
      replayFailure: replays.get(orderId),
      runs: runs.get(orderId)!,
      hasOpenOffer:
        facts.findLast((type) => offerFacts.includes(type)) === 'delivery_partner.offered',
      brokenRules: brokenRules(evidence),
    };
  });
}

const offerFacts = ['offered', 'assigned', 'declined', 'released'].map(
  (end) => `delivery_partner.${end}`,
);

/** A cancel that was taken must show: as the order's end, as a refusal, or as work for a person. */
export function fateOf(
  { answer }: SentCancel,
  { status, facts, waits }: Pick<Evidence, 'status' | 'waits'> & { facts: readonly string[] },
): CancelFate {
  if (status === 'cancelled') return 'cancelled';
  if (answer === 'unanswered') return 'unanswered';
  if (answer !== 'taken' || facts.includes('order.cancel_refused')) return 'refused';
  const isKnown = facts.includes('order.cancel_requested');
  return isKnown && waits.length > 0 ? 'waits for a person' : 'lost';
}

interface Rule {
  readonly what: string;
  readonly applies?: (order: Witnessed) => boolean;
  readonly isBroken: (order: Witnessed) => boolean;
}

const rules: readonly Rule[] = [
  {
    what: 'a cancel has its effect or its refusal on record',
    applies: ({ cancelFate }) => cancelFate !== undefined,
    isBroken: ({ cancelFate }) => cancelFate === 'lost' || cancelFate === 'unanswered',
  },
  {
    what: 'the history replays',
    isBroken: ({ replayFailure }) => replayFailure !== undefined,
  },
  {
    what: 'the order ended or waits for a named person',
    isBroken: ({ evidence }) => isStuck(evidence),
  },
  { what: 'there is exactly one workflow, open or completed', isBroken: hasWrongRuns },
  {
    what: 'API, row and workflow say the same status',
    isBroken: ({ statuses: { api, workflow }, evidence: { status } }) =>
      api !== status || workflow !== status,
  },
  ledgerRule('captured less refunded is the value shipped', 'isNotPaidFor', 'chargedCancelled'),
  ledgerRule('nothing is charged twice', 'doubleCharges'),
  ledgerRule('no authorization is open on a finished order', 'leavesAuthorization'),
  ledgerRule('no goods are held for a finished order', 'leakedHolds'),
  ledgerRule('no unused label is left', 'leavesLabel'),
  ledgerRule('goods are sent only where they were set aside', 'oversold'),
  ledgerRule('nothing is undone without a reason', 'needlessUndo'),
  ledgerRule('what the buyer was told is true', 'untrueTold'),
  ledgerRule('everybody who must know was told once', 'eventsNotOnce'),
];

function ledgerRule(what: string, ...names: readonly string[]): Rule {
  return {
    what,
    applies: ({ evidence }) => isEnded(evidence),
    isBroken: (order) => order.brokenRules.some((name) => names.includes(name)),
  };
}

/** A delivery partner may be asked for 15 minutes; an order that ended meanwhile waits for the answer. */
function hasWrongRuns({ runs, evidence, hasOpenOffer }: Witnessed): boolean {
  if (runs.count !== 1) return true;
  if (!isEnded(evidence)) return runs.state !== 'RUNNING';
  return runs.state !== 'COMPLETED' && !(hasOpenOffer && runs.state === 'RUNNING');
}

export async function verdictsOf(
  { system }: Cell,
  orders: readonly Witnessed[],
): Promise<readonly Verdict[]> {
  const ofOrders = rules.map(({ what, applies = () => true, isBroken }) => {
    const asked = orders.filter(applies);
    const broken = asked.filter(isBroken).map(({ order }) => order.orderId);
    return verdict(what, asked.length, broken);
  });
  const stock = await stockDifferences(system.pool);
  return [...ofOrders, verdict("the stock's ledgers agree", 1, stock)];
}

/** The orders that are not as they should be, and which rules they break. */
export const findingsOf = (orders: readonly Witnessed[]): readonly string[] =>
  orders.flatMap((witnessed) => {
    const { order, evidence, cancelFate = 'none' } = witnessed;
    const broken = rules.filter(
      ({ applies = () => true, isBroken }) => applies(witnessed) && isBroken(witnessed),
    );
    if (broken.length === 0) return [];
    const { by = '?', status = 'nothing' } = order.cancel ?? {};
    return [
      `${order.orderId}: ${evidence.status}, cancel: ${cancelFate} (by ${by}, answered ${status})`,
      ...broken.map(({ what }) => `  not: ${what}`),
    ];
  });
