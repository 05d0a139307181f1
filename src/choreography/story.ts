import type { FactOf, FactType, RecordedFact } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { money, sum, type Money } from '../domain/money.js';
import { parcelsOf, type Parcel } from '../domain/parcels.js';
import { mergeLines, type ChargedLine } from '../domain/totals.js';

type Recorded<Type extends FactType> = FactOf<Type> & RecordedFact;

/** The facts of one order that somebody knows, and what can be read from them. */
export class Story {
  constructor(
    private readonly orderId: OrderId,
    /** In their order; the event at hand is the last of those that it was told. */
    readonly facts: readonly RecordedFact[],
    /** The place of the event at hand. */
    readonly sequence: number,
  ) {}

  all<Type extends FactType>(type: Type): readonly Recorded<Type>[] {
    return this.facts.filter((fact): fact is Recorded<Type> => fact.type === type);
  }

  has(type: FactType): boolean {
    return this.facts.some((fact) => fact.type === type);
  }

  /** The event at hand. @throws TypeError when it is of another type */
  told<Type extends FactType>(type: Type): Recorded<Type> {
    const fact = this.all(type).find(({ sequence }) => sequence === this.sequence);
    if (fact === undefined) throw new TypeError(`${this.orderId} ${this.sequence} is no ${type}`);
    return fact;
  }

  /** Whether the order goes back: then nobody takes another step forward. */
  get isGoingBack(): boolean {
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

  /** What is sent; empty until the goods are set aside. */
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

  /** The shipments that a fact of this type tells of. */
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
