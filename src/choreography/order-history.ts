import type { FactOf, FactType, RecordedFact } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { money, sum, type Money } from '../domain/money.js';
import { parcelsOf, type Parcel } from '../domain/parcels.js';
import { mergeLines, type ChargedLine } from '../domain/totals.js';

type Recorded<Type extends FactType> = FactOf<Type> & RecordedFact;

/** Known facts of one order, and what can be derived from them. */
export class OrderHistory {
  constructor(
    private readonly orderId: OrderId,
    /** By sequence. */
    readonly facts: readonly RecordedFact[],
  ) {}

  all<Type extends FactType>(type: Type): readonly Recorded<Type>[] {
    return this.facts.filter((fact): fact is Recorded<Type> => fact.type === type);
  }

  has(type: FactType): boolean {
    return this.facts.some((fact) => fact.type === type);
  }

  /** Whether the compensation has started: then no service takes another forward step. */
  get isCompensating(): boolean {
    return this.has('compensation.started');
  }

  /** @throws TypeError for an order that was accepted before its events named its goods */
  get placed(): {
    readonly lines: readonly ChargedLine[];
    readonly total: Money;
    readonly isMember: boolean;
  } {
    const [fact] = this.all('order.placed');
    if (fact?.lines === undefined) throw new TypeError(`${this.orderId} does not say what it is`);
    return { lines: mergeLines(fact.lines), total: fact.total, isMember: fact.isMember ?? false };
  }

  /** Empty until the goods are reserved. */
  get parcels(): readonly Parcel[] {
    const [reserved] = this.all('inventory.reserved');
    if (reserved === undefined) return [];
    const { lines, total } = this.placed;
    return parcelsOf(this.orderId, lines, shippingOf(lines, total), reserved.parcels);
  }

  parcel(shipmentId: ShipmentId): Parcel {
    const found = this.parcels.find((parcel) => parcel.shipmentId === shipmentId);
    if (found === undefined) throw new TypeError(`${this.orderId} sends no ${shipmentId}`);
    return found;
  }

  /** The shipments that have a fact of this type. */
  shipments(
    type: Extract<RecordedFact, { readonly shipmentId: ShipmentId }>['type'],
  ): readonly ShipmentId[] {
    return this.all(type).map(({ shipmentId }) => shipmentId);
  }
}

const shippingOf = (lines: readonly ChargedLine[], total: Money): Money => {
  const goods = sum(
    lines.map(({ amount }) => amount),
    total.currency,
  );
  return money(total.amountMinor - goods.amountMinor, total.currency);
};
