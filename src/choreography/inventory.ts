import { inventoryActivities } from '../activities/inventory.js';
import type { ShipmentId } from '../domain/ids.js';
import { stepOf, type Service, type Situation } from './service.js';
import { areLabelsUndone, doings, goneAllTheSame, isPaymentUndone, wayMarks } from './way-back.js';

/** Sets goods aside, lets them go, and takes them out of the books when the carrier has them. */
export const inventory: Service = {
  name: 'inventory',
  partitions: 2,
  remembers: [...doings, ...wayMarks],
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

async function reserve(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (story.isGoingBack) return;
  const holdMs = unpaidHoldMs(situation);
  const { lines } = story.placed;
  const goods = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  await inventoryActivities(ports).reserveInventory({
    ...stepOf(situation),
    lines: goods,
    partial: false,
    number: 1,
    holdMs,
  });
}

/** So long goods stay set aside that nobody has paid for. Without a coordinator this is the timeout. */
const unpaidHoldMs = ({ serviceLevel: { payment } }: Situation): number =>
  payment.confirmMs + payment.retryMs;

/** Paid for: from now on they are not given back by the clock. */
async function keep({ orderId, story, ports }: Situation): Promise<void> {
  if (!story.isGoingBack) await ports.inventory.extend(orderId);
}

/** Last of all: when the money is back, and it is known which parcels stay. */
async function release(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (!story.isGoingBack || story.has('inventory.released')) return;
  if (!isPaymentUndone(story) || !areLabelsUndone(story)) return;
  const { writeOffParcel, releaseInventory } = inventoryActivities(ports);
  for (const shipmentId of goneAllTheSame(story)) {
    const { warehouseId } = story.parcel(shipmentId);
    await writeOffParcel({ ...stepOf(situation), shipmentId, warehouseId });
  }
  await releaseInventory(stepOf(situation));
}

async function issue({ orderId, story, ports }: Situation): Promise<void> {
  const { warehouseId } = story.parcel(story.told('shipment.handed_over').shipmentId);
  await ports.inventory.issue(orderId, warehouseId);
}

async function restock(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  const { shipmentId }: { readonly shipmentId: ShipmentId } = story.told(
    'shipment.returned_to_sender',
  );
  const { lines } = story.parcel(shipmentId);
  await inventoryActivities(ports).restockParcel({ ...stepOf(situation), shipmentId, lines });
}
