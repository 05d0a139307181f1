import { evidenceOf } from '../../compare/judge/judge.js';
import type { Evidence } from '../../compare/judge/evidence.js';
import { readInside, type InsideBook } from '../../compare/judge/inside-books.js';
import { readOutside } from '../../compare/judge/outside-books.js';
import { brokenRules } from '../../compare/judge/rules.js';
import { stockDifferences } from '../../compare/judge/stock.js';
import type { StalledOrder } from '../drive.js';
import type { Stack } from '../stack.js';
import { fateOf, type CancelFate } from './cancels.js';
import { failedReplays, runsOf, type Runs } from './histories.js';
import { toldStatuses, type ToldStatuses } from './statuses.js';

/** Everything that is known of one order after the run. */
export interface Witnessed {
  readonly order: StalledOrder;
  readonly evidence: Evidence;
  readonly cancelFate: CancelFate | undefined;
  readonly told: ToldStatuses;
  /** Why its history does not replay. */
  readonly replayFailure: string | undefined;
  readonly runs: Runs;
  /** Whether a delivery partner is still to answer. */
  readonly hasOpenOffer: boolean;
  /** The rules of the ledgers that it breaks, by their names. */
  readonly brokenRules: readonly string[];
}

export interface Judged {
  readonly orders: readonly Witnessed[];
  /** Goods whose books of stock do not agree. */
  readonly stock: readonly string[];
}

/** Compares what everybody's books say: the API, the row, the workflow, Temporal and the providers. */
export async function judge(stack: Stack, orders: readonly StalledOrder[]): Promise<Judged> {
  const orderIds = orders.map(({ orderId }) => orderId);
  const runs = await runsOf(
    stack.client,
    orderIds.map((orderId) => stack.observer.sight(orderId)),
  );
  const told = await toldStatuses(stack, orderIds);
  const replays = await failedReplays(stack.client, orderIds);
  const outside = await readOutside(stack.sandboxUrl, stack.sandboxPool);
  const books = new Map(
    (await readInside(stack.pool, orderIds)).map((book) => [book.orderId, book]),
  );
  const stock = await stockDifferences(stack.pool);
  return {
    orders: orders.map((order): Witnessed => {
      const { orderId } = order;
      const inside = bookOf(books, orderId);
      const evidence = evidenceOf(order, inside, outside, true);
      return {
        order,
        evidence,
        cancelFate: order.cancel && fateOf(order.cancel, outcomeOf(inside)),
        told: told.get(orderId)!,
        replayFailure: replays.get(orderId),
        runs: runs.get(orderId)!,
        hasOpenOffer: hasOpenOffer(inside),
        brokenRules: brokenRules(evidence),
      };
    }),
    stock: stock.map(({ sku, warehouseId }) => `${sku} in ${warehouseId}`),
  };
}

function bookOf(books: ReadonlyMap<string, InsideBook>, orderId: string): InsideBook {
  const book = books.get(orderId);
  if (book === undefined) throw new Error(`${orderId} was accepted and is not there`);
  return book;
}

const offerFacts = ['offered', 'assigned', 'declined', 'released'].map(
  (end) => `delivery_partner.${end}`,
);

const hasOpenOffer = ({ facts }: InsideBook): boolean =>
  facts.map(({ type }) => type).findLast((type) => offerFacts.includes(type)) ===
  'delivery_partner.offered';

const outcomeOf = ({ told, facts, waits }: InsideBook) => ({
  status: told,
  facts: facts.map(({ type }) => type),
  waits,
});
