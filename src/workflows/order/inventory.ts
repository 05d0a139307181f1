import type { Reservation } from '../../activities/ports.js';
import type { ShortLine } from '../../domain/facts.js';
import { totalOf } from '../../domain/money.js';
import { parcelsOf } from '../../domain/parcels.js';
import type { ShortageDecision } from '../../domain/policy.js';
import { holdExtensionMs } from '../../domain/service-level.js';
import type { Stop } from '../../domain/stop.js';
import type { Compensation } from '../kit/saga.js';
import type { OrderContext } from './context.js';
import { sendMail } from './notification.js';

type Reserved = Extract<Reservation, { kind: 'reserved' }>;

/** Sets the goods aside, or does about a shortage what the order's policy, or the customer, says. */
export async function reserveInventory(order: OrderContext): Promise<Stop | undefined> {
  const { shortage } = order.input.policy;
  const askStock = stockRequests(order);
  const stock = await askStock();
  if (stock.kind === 'reserved') return planShipments(order, stock);
  const decision = shortage === 'ask' ? await askCustomer(order, stock.lines) : shortage;
  return carryOut(order, askStock, decision, stock.lines);
}

export const releaseInventory = ({ recorder }: OrderContext): Compensation => ({
  name: 'releaseInventory',
  run: async () => {
    await recorder.perform('releaseInventory', {}, 'Give the stock back');
    return { kind: 'undone' };
  },
});

async function carryOut(
  order: OrderContext,
  askStock: AskStock,
  decision: ShortageDecision,
  short: readonly ShortLine[],
): Promise<Stop | undefined> {
  switch (decision) {
    case 'cancel':
      return { kind: 'rejected', reason: 'out_of_stock', isNothingDone: true };
    case 'ship_available': {
      const stock = await askStock({ partial: true });
      return stock.kind === 'reserved' ? planShipments(order, stock) : outOfStock;
    }
    case 'wait':
      return waitForStock(order, askStock, short);
  }
}

const outOfStock: Stop = { kind: 'rejected', reason: 'out_of_stock' };

/** Waits in the queue. Goods that arrive are set aside for the order before it is signalled. */
async function waitForStock(
  order: OrderContext,
  askStock: AskStock,
  short: readonly ShortLine[],
): Promise<Stop | undefined> {
  const { recorder, deadlines, inbox } = order;
  const { lines, serviceLevel } = order.input;
  const { backorderMs } = serviceLevel.shortage;
  const endMs = Date.now() + backorderMs;
  await recorder.perform('enqueueForStock', { lines, waitMs: backorderMs }, 'Wait for goods');
  sendMail(order, 'backordered', { data: { until: new Date(endMs).toISOString(), short } });
  recorder.publish();
  for (let known = 0; ;) {
    const limitMs = endMs - Date.now();
    const hasArrived = () => inbox.stockArrivals > known;
    const isInTime = await deadlines.waitFor(hasArrived, { awaited: 'goods arrive', limitMs });
    // Counted before the stock is asked: goods that arrive meanwhile are news.
    known = inbox.stockArrivals;
    const stock = await askStock();
    if (stock.kind === 'reserved') return planShipments(order, stock);
    if (!isInTime) return outOfStock;
  }
}

/** What becomes of a shortage about which the customer says nothing. */
const byDefault: ShortageDecision = 'cancel';

async function askCustomer(
  order: OrderContext,
  short: readonly ShortLine[],
): Promise<ShortageDecision> {
  const { recorder, deadlines, inbox } = order;
  const { remindMs, decideMs } = order.input.serviceLevel.shortage;
  const until = new Date(Date.now() + decideMs).toISOString();
  const isAnswered = () => inbox.answers.shortage !== undefined;
  const awaited = 'the customer decides about missing goods';
  const data = { until, short, otherwise: byDefault };
  await recorder.record('shortage', [{ type: 'shortage.asked', until }]);
  sendMail(order, 'shortage_question', { data });
  recorder.publish();
  if (!(await deadlines.waitFor(isAnswered, { awaited, limitMs: remindMs }))) {
    await recorder.record('shortage-reminder', [{ type: 'shortage.reminded' }]);
    sendMail(order, 'shortage_reminder', { data });
    await deadlines.waitFor(isAnswered, { awaited, limitMs: decideMs - remindMs });
  }
  const answer = inbox.answers.shortage;
  const { decision, by } = answer ?? { decision: byDefault, by: 'deadline' };
  await recorder.record('shortage-decision', [{ type: 'shortage.decided', by, decision }]);
  inbox.confirm(answer);
  return decision;
}

/** From here on it is known what goes where from, and what each shipment is worth. */
async function planShipments(
  order: OrderContext,
  { allotments, dropped }: Reserved,
): Promise<undefined> {
  const { recorder, goods, shipments, inbox } = order;
  const { orderId, lines } = order.input;
  await inbox.allHandled();
  const parcels = parcelsOf(orderId, lines, goods.shippingFee, allotments);
  shipments.plan(parcels);
  if (dropped.length === 0) return;
  goods.reduce(totalOf(parcels, goods.total.currency), { lines, dropped });
  await recorder.record('reduced', [{ type: 'order.reduced', dropped, total: goods.total }]);
  sendMail(order, 'order_reduced', { data: { amount: goods.total, lines: dropped } });
}

/** A hold expires by itself, for orders that no longer run; one that waits without an end extends its own. */
export function keepHold({ recorder, deadlines }: OrderContext, isIssued: () => boolean): void {
  const isNeedless = () => isIssued() || ['undo', 'done'].includes(recorder.state.stage);
  const wait = { awaited: 'the goods stay set aside', limitMs: holdExtensionMs };
  const extend = async (): Promise<void> => {
    for (let number = 1; !(await deadlines.waitFor(isNeedless, wait)); number += 1) {
      await recorder.performBeside('extendHold', { number }, 'Keep the goods set aside');
    }
  };
  // Cancelled with the order; a hold that could not be extended is found by the reconciliation.
  extend().catch(() => undefined);
}

/** Asks the stock, each time under a number of its own. */
function stockRequests({ recorder, input: { lines } }: OrderContext) {
  let number = 0;
  return ({ partial = false } = {}): Promise<Reservation> => {
    number += 1;
    const payload = { lines, partial, number };
    return recorder.perform('reserveInventory', payload, `Set aside ${lines.length} line(s)`);
  };
}

type AskStock = ReturnType<typeof stockRequests>;
