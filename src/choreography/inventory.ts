import { inventoryActivities } from '../activities/inventory.js';
import type { ShipmentId } from '../domain/ids.js';
import { stepOf, type Service, type ReactionContext } from './service.js';
import {
  areLabelsCompensated,
  compensableFacts,
  shippedAnyway,
  isPaymentCompensated,
  compensationResults,
} from './compensation.js';

/** Reserves goods, releases them, and issues them when the carrier has them. */
export const inventory: Service = {
  name: 'inventory',
  partitions: 2,
  requiredFacts: [...compensableFacts, ...compensationResults],
  reactions: {
    'order.placed': reserve,
    'payment.authorized': keep,
    'compensation.started': release,
    'payment.voided': release,
    'payment.refunded': release,
    'undo.settled': release,
    'label.voided': release,
    'attention.raised': release,
    'shipment.handed_over': issue,
    'shipment.returned_to_sender': restock,
  },
};

async function reserve(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (history.isCompensating) return;
  const holdMs = unpaidHoldMs(context);
  const { lines } = history.placed;
  const goods = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  await inventoryActivities(ports).reserveInventory({
    ...stepOf(context),
    lines: goods,
    partial: false,
    number: 1,
    holdMs,
  });
}

/** How long an unpaid hold lasts. Without a coordinator this is the timeout. */
const unpaidHoldMs = ({ serviceLevel: { payment } }: ReactionContext): number =>
  payment.confirmMs + payment.retryMs;

/** The hold of a paid order does not expire. */
async function keep({ orderId, history, ports }: ReactionContext): Promise<void> {
  if (!history.isCompensating) await ports.inventory.extend(orderId);
}

/** The last compensation: only then it is known which parcels stay. */
async function release(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (!history.isCompensating || history.has('inventory.released')) return;
  if (!isPaymentCompensated(history) || !areLabelsCompensated(history)) return;
  const { writeOffParcel, releaseInventory } = inventoryActivities(ports);
  for (const shipmentId of shippedAnyway(history)) {
    const { warehouseId } = history.parcel(shipmentId);
    await writeOffParcel({ ...stepOf(context), shipmentId, warehouseId });
  }
  await releaseInventory(stepOf(context));
}

async function issue({ orderId, history, ports }: ReactionContext): Promise<void> {
  const { warehouseId } = history.parcel(history.current('shipment.handed_over').shipmentId);
  await ports.inventory.issue(orderId, warehouseId);
}

async function restock(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  const { shipmentId }: { readonly shipmentId: ShipmentId } = history.current(
    'shipment.returned_to_sender',
  );
  const { lines } = history.parcel(shipmentId);
  await inventoryActivities(ports).restockParcel({ ...stepOf(context), shipmentId, lines });
}
