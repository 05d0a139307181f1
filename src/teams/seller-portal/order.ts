import { isOfType, readData } from '../../events/catalogue/read-event.js';
import type { OrderEvent } from '../../events/order-event.js';

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

/** What an event makes of an order; one that was never placed stays unknown. */
export function follow(order: SellerOrder | undefined, event: OrderEvent): SellerOrder | undefined {
  if (isOfType(event, 'order.placed')) return placed(readData(event), event.time);
  return order === undefined ? undefined : { ...order, ...change(order, event) };
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

function change(order: SellerOrder, event: OrderEvent): Partial<SellerOrder> {
  if (isOfType(event, 'order.reduced')) return { lines: without(order.lines, readData(event)) };
  if (isOfType(event, 'inventory.reserved')) {
    return { parcels: readData(event).parcels?.length ?? order.parcels };
  }
  if (isOfType(event, 'order.confirmed')) return moved(order, 'keep_ready');
  if (isOfType(event, 'delivery_partner.assigned')) {
    const { pick_up_from = null, pick_up_until = null } = readData(event);
    return { pick_up_from, pick_up_until };
  }
  if (isOfType(event, 'delivery_partner.released')) {
    return { pick_up_from: null, pick_up_until: null };
  }
  if (isOfType(event, 'shipment.handed_over')) {
    return gone(order, 'handed_over', readData(event).shipment_id);
  }
  if (isOfType(event, 'shipment.abandoned')) {
    return gone(order, 'abandoned', readData(event).shipment_id);
  }
  if (event.type === 'order.delivered') return moved(order, 'picked_up');
  return endings.has(event.type) ? moved(order, 'cancelled') : {};
}

const endings = new Set(['order.cancelled', 'order.rejected', 'order.failed']);

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
