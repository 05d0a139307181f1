import { CancellationScope } from '@temporalio/workflow';
import type { Label } from '../../activities/ports.js';
import type { ShipmentId } from '../../domain/ids.js';
import type { Parcel } from '../../domain/parcels.js';
import type { Journey } from '../journey.js';

export function undoCreateShipment(journey: Journey, parcel: Parcel): void {
  const { life, undos } = journey;
  const { shipmentId } = parcel;
  undos.register({
    name: 'voidLabel',
    subject: shipmentId,
    run: async () => {
      const payload = { shipmentId, isAnswered: true };
      const voided = await life.perform('voidLabel', payload, `Void the label of ${shipmentId}`);
      if (voided.kind === 'too_late') await writeOff(journey, parcel);
    },
  });
}

/** Buys the label. An address that the carrier refuses can be mended while the order waits. */
export async function createShipment(journey: Journey, parcel: Parcel): Promise<Label> {
  const { shipmentId } = parcel;
  undoCreateShipment(journey, parcel);
  for (let number = 1; ; number += 1) {
    const known = journey.customer.addressChanges;
    const label = await buyLabel(journey, parcel, number);
    if (label.kind === 'bought') return label;
    const isNew = () => journey.customer.addressChanges > known;
    if (
      !isAboutTheAddress(label.reason) ||
      !(await newAddress(journey, shipmentId, number, isNew))
    ) {
      journey.undos.forget('voidLabel', shipmentId);
      return label;
    }
  }
}

function buyLabel({ life, parcels }: Journey, parcel: Parcel, number: number): Promise<Label> {
  const { shipmentId, warehouseId, lines } = parcel;
  const isReplacement = !parcels.some((planned) => planned.shipmentId === shipmentId);
  const payload = {
    shipmentId,
    warehouseId,
    lines,
    number,
    ...(isReplacement && { isReplacement }),
  };
  return life.perform('createShipment', payload, `Buy a label for ${shipmentId}`);
}

const isAboutTheAddress = (reason: string): boolean =>
  reason === 'no_service' || reason.startsWith('ADDRESS.');

/** @returns false when no other address came in time */
async function newAddress(
  { life, deadlines, sideSteps, tracking }: Journey,
  shipmentId: ShipmentId,
  number: number,
  isNew: () => boolean,
): Promise<boolean> {
  // It came while the carrier was asked, perhaps for another parcel of the same order.
  if (isNew()) return true;
  const { fixMs } = life.input.serviceLevel.address;
  // Once a parcel has left, the order no longer waits for anybody.
  if (fixMs === 0 || tracking.hasAnyLeft) return false;
  const until = new Date(Date.now() + fixMs).toISOString();
  const key = `address:${shipmentId}:${number}`;
  await life.record(key, [{ type: 'address.fix_requested', shipmentId, until }]);
  sideSteps.mail('address_needed', { sequence: `${shipmentId}:${number}`, data: { until } });
  life.publish();
  return deadlines.until(isNew, fixMs);
}

/** The carrier has the parcel: the goods leave the books. */
export async function issueInventory(
  { life }: Journey,
  { shipmentId, warehouseId }: Parcel,
  holdId?: ShipmentId,
): Promise<void> {
  const payload = { shipmentId, warehouseId, ...(holdId && { holdId }) };
  await CancellationScope.nonCancellable(() =>
    life.perform('issueInventory', payload, 'The carrier has the parcel'),
  );
}

/** The order is taken back, and its parcel has gone all the same: somebody has to fetch it. */
async function writeOff(
  { life, undos }: Journey,
  { shipmentId, warehouseId, amount }: Parcel,
): Promise<void> {
  const payload = { shipmentId, ...(warehouseId !== '' && { warehouseId }) };
  await life.perform('writeOffParcel', payload, 'The goods are gone');
  await undos.leaveToPerson('parcel_already_gone', shipmentId, amount);
}
