import type { Fact, SkuQuantity } from './facts.js';
import type { OrderId } from './ids.js';
import { pointsLost } from './loyalty.js';
import { less, money, sum, totalOf, type Money } from './money.js';
import { contentsOf, parcelsOf, type Allocation } from './parcels.js';
import { keptPayments, sharesOf, type RefundShare } from './refund-shares.js';
import { isOver, type ReturnStatus } from './returns.js';
import { mergeLines, prefixPrice, type ChargedLine } from './totals.js';

/** An order as far as its returns need it. */
export interface ReturnableOrder {
  readonly orderId: OrderId;
  readonly lines: readonly ChargedLine[];
  readonly shipping: Money;
  readonly facts: readonly Fact[];
}

/** What reached the customer, one line for each SKU, and the part of the shipping fee that it bore. */
export interface DeliveredGoods {
  readonly lines: readonly ChargedLine[];
  readonly shipping: Money;
}

/** The goods of the shipments that arrived, or whose replacement did, with what they cost. */
export function deliveredGoods({
  orderId,
  lines,
  shipping,
  facts,
}: ReturnableOrder): DeliveredGoods {
  const merged = mergeLines(lines);
  const { currency } = shipping;
  const allotments = allocationsIn(facts);
  if (allotments.length === 0) return { lines: [], shipping: money(0, currency) };
  const contents = contentsOf(merged, allotments);
  const arrived = arrivedShipments(facts);
  const parcels = parcelsOf(orderId, merged, shipping, allotments)
    .map((parcel, index) => ({ ...parcel, content: contents[index] ?? [] }))
    .filter(({ shipmentId }) => arrived.has(shipmentId));
  const goods = mergeLines(parcels.flatMap(({ content }) => content));
  return { lines: goods, shipping: less(totalOf(parcels, currency), totalOf(goods, currency)) };
}

/** One line of a return, and how many of its units the warehouse put where. */
export interface ReturnLine extends ChargedLine {
  readonly restocked: number;
  readonly scrapped: number;
  readonly refused: number;
}

/** A return as the other returns of its order have to know it. */
export interface KnownReturn {
  readonly status: ReturnStatus;
  readonly lines: readonly ReturnLine[];
  /** Null until the warehouse has looked at the goods. */
  readonly refunds: readonly RefundShare[] | null;
}

export type ReturnCharge<Asked> =
  | { readonly kind: 'charged'; readonly lines: readonly (Asked & { readonly amount: Money })[] }
  | { readonly kind: 'refused'; readonly refusals: readonly LineRefusal[] };

/** Why a line cannot come back. @property index its place in the request */
export type LineRefusal = { readonly index: number } & (
  { readonly why: 'not_ordered' } | { readonly why: 'too_many'; readonly returnable: number }
);

/**
 * What the asked units cost. Units that other returns hold are spoken for; the price is cut from what
 * they leave, so that all returns of a line together add up to it, to the cent, in whatever order.
 */
export function chargeReturn<Asked extends SkuQuantity>(
  asked: readonly Asked[],
  ordered: ReadonlySet<string>,
  goods: DeliveredGoods,
  others: readonly KnownReturn[],
): ReturnCharge<Asked> {
  const left = new Map(leftOf(goods, others).map((line) => [line.sku, line]));
  const refusals: LineRefusal[] = [];
  const lines: (Asked & { readonly amount: Money })[] = [];
  for (const [index, ask] of asked.entries()) {
    const { sku, quantity } = ask;
    const line = left.get(sku);
    if (!ordered.has(sku)) refusals.push({ index, why: 'not_ordered' });
    else if (line === undefined || line.quantity < quantity) {
      refusals.push({ index, why: 'too_many', returnable: line?.quantity ?? 0 });
    } else lines.push({ ...ask, amount: prefixPrice(line, quantity) });
  }
  return refusals.length > 0 ? { kind: 'refused', refusals } : { kind: 'charged', lines };
}

export interface Settlement {
  /** What is paid back, from one payment or several. */
  readonly refunds: readonly RefundShare[];
  /** What the refund costs a member. */
  readonly points: number;
  /** Whether with this return everything that was delivered has come back and was accepted. */
  readonly isEverythingBack: boolean;
}

/**
 * What is paid back for the units that the warehouse accepted. The shipping fee comes back with the
 * last of the goods. Never more than is left of what was captured.
 * @param lines of this return, with the warehouse's verdicts
 */
export function settle(
  lines: readonly ReturnLine[],
  { goods, others, facts }: SettlementBasis,
): Settlement {
  const { currency } = goods.shipping;
  const isEverythingBack = isAllAccepted(goods, [
    ...others.flatMap((other) => other.lines),
    ...lines,
  ]);
  const accepted = lines.map((line) => prefixPrice(line, acceptedUnits(line)));
  const due = sum(isEverythingBack ? [...accepted, goods.shipping] : accepted, currency);
  const promised = others.flatMap(({ refunds }) => refunds ?? []);
  const kept = keptPayments(facts, promised);
  const refunds = sharesOf(due, kept);
  const points = pointsLost(totalOf(kept, currency), totalOf(refunds, currency));
  return { refunds, points, isEverythingBack };
}

export interface SettlementBasis {
  readonly goods: DeliveredGoods;
  readonly others: readonly KnownReturn[];
  readonly facts: readonly Fact[];
}

const acceptedUnits = ({ restocked, scrapped }: ReturnLine): number => restocked + scrapped;

/** What of the delivered goods nobody has a claim on. */
function leftOf(goods: DeliveredGoods, others: readonly KnownReturn[]): readonly ChargedLine[] {
  const claimed = new Map(mergeLines(others.flatMap(claimsOf)).map((line) => [line.sku, line]));
  return goods.lines.map((line) => {
    const claim = claimed.get(line.sku);
    if (claim === undefined) return line;
    const { sku, quantity, amount } = line;
    return { sku, quantity: quantity - claim.quantity, amount: less(amount, claim.amount) };
  });
}

/** A return that runs holds all that it asked for; a completed one what the warehouse has seen. */
function claimsOf({ status, lines, refunds }: KnownReturn): readonly ChargedLine[] {
  if (refunds === null) return isOver(status) ? [] : lines;
  return lines.map((line) => {
    const quantity = acceptedUnits(line) + line.refused;
    return { sku: line.sku, quantity, amount: prefixPrice(line, quantity) };
  });
}

const isAllAccepted = (goods: DeliveredGoods, lines: readonly ReturnLine[]): boolean =>
  goods.lines.every(
    ({ sku, quantity }) =>
      quantity ===
      lines
        .filter((line) => line.sku === sku)
        .reduce((units, line) => units + acceptedUnits(line), 0),
  );

/** The newest reservation counts. */
function allocationsIn(facts: readonly Fact[]): readonly Allocation[] {
  const reserved = facts.filter((fact) => fact.type === 'inventory.reserved').at(-1);
  return reserved?.parcels ?? [];
}

/** The shipments whose goods arrived, by the ids that they began with. */
function arrivedShipments(facts: readonly Fact[]): ReadonlySet<string> {
  const originOf = new Map<string, string>();
  const arrived = new Set<string>();
  for (const fact of facts) {
    if (fact.type === 'shipment.replaced') {
      originOf.set(fact.replacementId, originOf.get(fact.shipmentId) ?? fact.shipmentId);
    }
    if (fact.type === 'shipment.delivered') {
      arrived.add(originOf.get(fact.shipmentId) ?? fact.shipmentId);
    }
  }
  return arrived;
}
