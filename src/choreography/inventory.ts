import { inventoryActivities } from '../activities/inventory.js';
import { forward, type Service, type ReactionContext } from './service.js';
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
    'order.placed': forward(reserve),
    // The hold of a paid order does not expire.
    'payment.authorized': forward(({ orderId, ports }) => ports.inventory.extend(orderId)),
    'compensation.started': release,
    'payment.voided': release,
    'payment.refunded': release,
    'undo.settled': release,
    'label.voided': release,
    'attention.raised': release,
    'shipment.handed_over': ({ orderId, history, ports }, { shipmentId }) =>
      ports.inventory.issue(orderId, history.parcel(shipmentId).warehouseId),
    'shipment.returned_to_sender': ({ history, ports, step }, { shipmentId }) => {
      const { lines } = history.parcel(shipmentId);
      return inventoryActivities(ports).restockParcel({ ...step, shipmentId, lines });
    },
  },
};

async function reserve(context: ReactionContext): Promise<void> {
  const { history, ports, step } = context;
  const lines = history.placed.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  await inventoryActivities(ports).reserveInventory({
    ...step,
    lines,
    partial: false,
    number: 1,
    holdMs: unpaidHoldMs(context),
  });
}

/** How long an unpaid hold lasts. Without a coordinator this is the timeout. */
const unpaidHoldMs = ({ serviceLevel: { payment } }: ReactionContext): number =>
  payment.confirmMs + payment.retryMs;

/** The last compensation: only then it is known which parcels stay. */
async function release({ history, ports, step }: ReactionContext): Promise<void> {
  if (!history.isCompensating || history.has('inventory.released')) return;
  if (!isPaymentCompensated(history) || !areLabelsCompensated(history)) return;
  const { writeOffParcel, releaseInventory } = inventoryActivities(ports);
  for (const shipmentId of shippedAnyway(history)) {
    const { warehouseId } = history.parcel(shipmentId);
    await writeOffParcel({ ...step, shipmentId, warehouseId });
  }
  await releaseInventory(step);
}
