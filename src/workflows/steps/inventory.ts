import type { Reservation } from '../../activities/ports.js';
import type { ShortLine, SkuQuantity } from '../../domain/facts.js';
import type { ShortageDecision } from '../../domain/policy.js';
import { holdExtensionMs } from '../../domain/service-level.js';
import { parcelsOf } from '../../domain/parcels.js';
import { sum } from '../../domain/money.js';
import { rejected, type Journey, type Stop } from '../journey.js';

type Reserved = Extract<Reservation, { kind: 'reserved' }>;

export function undoReserveInventory({ life, undos }: Journey): void {
  undos.register({
    name: 'releaseInventory',
    run: () => life.perform('releaseInventory', {}, 'Give the stock back'),
  });
}

/** Sets the goods aside, or does about a shortage what the order's policy, or the customer, says. */
export async function reserveInventory(journey: Journey): Promise<Stop | undefined> {
  const { shortage } = journey.life.input.policy;
  const counter = new Counter(journey);
  undoReserveInventory(journey);
  const stock = await counter.ask();
  if (stock.kind === 'reserved') return allot(journey, stock);
  const decision = shortage === 'ask' ? await askCustomer(journey, stock.lines) : shortage;
  return carryOut(journey, counter, decision, stock.lines);
}

async function carryOut(
  journey: Journey,
  counter: Counter,
  decision: ShortageDecision,
  short: readonly ShortLine[],
): Promise<Stop | undefined> {
  switch (decision) {
    case 'cancel':
      journey.undos.forget('releaseInventory');
      return rejected('out_of_stock');
    case 'ship_available': {
      const stock = await counter.ask({ partial: true });
      return stock.kind === 'reserved' ? allot(journey, stock) : rejected('out_of_stock');
    }
    case 'wait':
      return waitForStock(journey, counter, short);
  }
}

/** Waits in the queue. Goods that arrive are set aside for the order before it hears of them. */
async function waitForStock(
  journey: Journey,
  counter: Counter,
  short: readonly ShortLine[],
): Promise<Stop | undefined> {
  const { life, deadlines, customer, sideSteps } = journey;
  const { lines, serviceLevel } = life.input;
  const { backorderMs } = serviceLevel.shortage;
  const endMs = Date.now() + backorderMs;
  await life.perform('enqueueForStock', { lines, waitMs: backorderMs }, 'Wait for goods');
  sideSteps.mail('backordered', { data: { until: new Date(endMs).toISOString(), short } });
  life.publish();
  for (let known = 0; ;) {
    const isInTime = await deadlines.until(
      () => customer.stockArrivals > known,
      endMs - Date.now(),
    );
    // Counted before the stock is asked: goods that arrive meanwhile are news.
    known = customer.stockArrivals;
    const stock = await counter.ask();
    if (stock.kind === 'reserved') return allot(journey, stock);
    if (!isInTime) return rejected('out_of_stock');
  }
}

/** What becomes of a shortage about which the customer says nothing. */
const byDefault: ShortageDecision = 'cancel';

async function askCustomer(
  journey: Journey,
  short: readonly ShortLine[],
): Promise<ShortageDecision> {
  const { life, deadlines, customer, sideSteps } = journey;
  const { remindMs, decideMs } = life.input.serviceLevel.shortage;
  const until = new Date(Date.now() + decideMs).toISOString();
  const isAnswered = () => customer.shortageAnswer !== undefined;
  const data = { until, short, otherwise: byDefault };
  await life.record('shortage', [{ type: 'shortage.asked', until }]);
  sideSteps.mail('shortage_question', { data });
  life.publish();
  if (!(await deadlines.until(isAnswered, remindMs))) {
    await life.record('shortage-reminder', [{ type: 'shortage.reminded' }]);
    sideSteps.mail('shortage_reminder', { data });
    await deadlines.until(isAnswered, decideMs - remindMs);
  }
  const { decision, by } = customer.shortageAnswer ?? { decision: byDefault, by: 'deadline' };
  await life.record('shortage-decision', [{ type: 'shortage.decided', by, decision }]);
  return decision;
}

/** From here on it is known what goes where from, and what each parcel is worth. */
async function allot(journey: Journey, { allotments, dropped }: Reserved): Promise<undefined> {
  const { life, sideSteps, customer } = journey;
  const { orderId, lines } = life.input;
  await customer.settled();
  const { shipping } = journey;
  journey.parcels = parcelsOf(orderId, lines, shipping, allotments);
  if (dropped.length > 0) {
    const amounts = journey.parcels.map(({ amount }) => amount);
    journey.total = sum(amounts, shipping.currency);
    journey.reducedTo = kept(lines, dropped);
    await life.record('reduced', [{ type: 'order.reduced', dropped, total: journey.total }]);
    sideSteps.mail('order_reduced', { data: { amount: journey.total, lines: dropped } });
  }
}

function kept(
  lines: readonly SkuQuantity[],
  dropped: readonly SkuQuantity[],
): readonly SkuQuantity[] {
  const missing = new Map(dropped.map(({ sku, quantity }) => [sku, quantity]));
  return lines
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (missing.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/**
 * A hold expires by itself, for orders that stopped living; one that waits without an end extends its
 * own.
 */
export function keepHold({ life, deadlines }: Journey, isIssued: () => boolean): void {
  const isNeedless = () => isIssued() || ['undo', 'done'].includes(life.state.stage);
  const extend = async (): Promise<void> => {
    for (let number = 1; !(await deadlines.until(isNeedless, holdExtensionMs)); number += 1) {
      await life.performAside('extendHold', { number }, 'Keep the goods set aside');
    }
  };
  // Cancelled with the order; a hold that could not be extended is found by the reconciliation.
  extend().catch(() => undefined);
}

/** Asks the stock, each time under a number of its own. */
class Counter {
  private number = 0;

  constructor(private readonly journey: Journey) {}

  ask({ partial = false } = {}): Promise<Reservation> {
    const { life } = this.journey;
    const { lines } = life.input;
    this.number += 1;
    const payload = { lines, partial, number: this.number };
    return life.perform('reserveInventory', payload, `Set aside ${lines.length} line(s)`);
  }
}
