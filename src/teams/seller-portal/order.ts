import type { EventType } from '../../events/catalogue/catalogue.js';
import { readData } from '../../events/catalogue/read-event.js';
import type { OrderEvent } from '../../events/order-event.js';
import type { Steps } from '../../events/projection.js';

/** `placed`: not confirmed yet, so nothing is to be done. */
export type SellerState = 'placed' | 'keep_ready' | 'picked_up' | 'cancelled';

interface SellerLine {
  readonly line_number: number;
  readonly sku: string;
  readonly seller_id: string;
  readonly quantity: number;
}

/** An order as far as sellers have to do with it. */
export interface SellerOrder {
  readonly state: SellerState;
  readonly placed_at: string;
  readonly pick_up_from: string | null;
  readonly pick_up_until: string | null;
  readonly lines: readonly SellerLine[];
  /** How many shipments there are. */
  readonly parcels: number;
  /** The shipments that the carrier has, and those that will not go. */
  readonly handed_over: readonly string[];
  readonly abandoned: readonly string[];
}

const placed = (
  { lines }: { readonly lines: readonly SellerLine[] },
  placedAt: string,
): SellerOrder => ({
  state: 'placed',
  placed_at: placedAt,
  pick_up_from: null,
  pick_up_until: null,
  lines: lines.map(({ line_number, sku, seller_id, quantity }) => ({
    line_number,
    sku,
    seller_id,
    quantity,
  })),
  parcels: 1,
  handed_over: [],
  abandoned: [],
});

/** Changes an order; one that was never placed stays unknown. */
const changing =
  <Type extends EventType>(
    change: (order: SellerOrder, event: OrderEvent<Type>) => Partial<SellerOrder>,
  ) =>
  (order: SellerOrder | undefined, event: OrderEvent<Type>): SellerOrder | undefined =>
    order && { ...order, ...change(order, event) };

const movingTo = (state: SellerState) => changing((order) => moved(order, state));

/** What events make of an order. */
export const sellerSteps: Steps<SellerOrder> = {
  'order.placed': (_order, event) => placed(readData(event), event.time),
  'order.reduced': changing((order, event) => ({
    lines: without(order.lines, readData(event)),
  })),
  'inventory.reserved': changing((order, event) => ({
    parcels: readData(event).parcels?.length ?? order.parcels,
  })),
  'order.confirmed': movingTo('keep_ready'),
  'delivery_partner.assigned': changing((_order, event) => {
    const { pick_up_from = null, pick_up_until = null } = readData(event);
    return { pick_up_from, pick_up_until };
  }),
  'delivery_partner.released': changing(() => ({ pick_up_from: null, pick_up_until: null })),
  'shipment.handed_over': changing((order, event) =>
    gone(order, 'handed_over', readData(event).shipment_id),
  ),
  'shipment.abandoned': changing((order, event) =>
    gone(order, 'abandoned', readData(event).shipment_id),
  ),
  'order.delivered': movingTo('picked_up'),
  'order.cancelled': movingTo('cancelled'),
  'order.rejected': movingTo('cancelled'),
  'order.failed': movingTo('cancelled'),
};

/** What the carrier has is not to be kept ready again. */
const moved = (order: SellerOrder, state: SellerState): Partial<SellerOrder> =>
  order.state === 'picked_up' ? {} : { state };

/** The last shipment that goes takes the order off the seller's hands. */
function gone(
  order: SellerOrder,
  list: 'handed_over' | 'abandoned',
  shipmentId: string,
): Partial<SellerOrder> {
  const next = { ...order, [list]: [...new Set([...order[list], shipmentId])] };
  const isOver = next.handed_over.length + next.abandoned.length >= next.parcels;
  const isPickedUp = isOver && next.handed_over.length > 0;
  return { [list]: next[list], ...(isPickedUp && moved(order, 'picked_up')) };
}

function without(
  lines: readonly SellerLine[],
  { dropped }: { readonly dropped: readonly { readonly sku: string; readonly quantity: number }[] },
): readonly SellerLine[] {
  const quantities = new Map(dropped.map(({ sku, quantity }) => [sku, quantity]));
  return lines.map((line) => ({
    ...line,
    quantity: Math.max(0, line.quantity - (quantities.get(line.sku) ?? 0)),
  }));
}
