import type { Fact, SkuQuantity } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { HoldId, Ports, Reservation } from './ports.js';
import { numbered, recordEffect, type Step, type StepResult } from './step.js';

export interface ReserveInventory extends Step {
  readonly lines: readonly SkuQuantity[];
  /** Whether a part of the goods will do. */
  readonly partial: boolean;
  /** How long the goods stay set aside at the most, in milliseconds; the shop's default without it. */
  readonly holdMs?: number;
  /** Counts the times that the order asks, from 1. */
  readonly number: number;
}

export interface EnqueueForStock extends Step {
  readonly lines: readonly SkuQuantity[];
  readonly waitMs: number;
}

export interface ParcelStep extends Step {
  readonly shipmentId: ShipmentId;
  readonly warehouseId: string;
}

export interface WriteOffParcel extends Step {
  readonly shipmentId: ShipmentId;
  /** Absent where it is not known what was set aside for the parcel: the whole hold is meant. */
  readonly warehouseId?: string;
}

export interface IssueInventory extends ParcelStep {
  /** Whose hold it is, where it is not the order's. */
  readonly holdId?: HoldId;
}

export interface Replacement extends Step {
  readonly shipmentId: ShipmentId;
}

export interface ParcelGoods extends Replacement {
  readonly lines: readonly SkuQuantity[];
}

export const inventoryActivities = ({
  inventory,
  journal,
}: Pick<Ports, 'inventory' | 'journal'>) => ({
  /** Goods may have come in since the order was told that there are none; it has gone on meanwhile. */
  reserveInventory: retryable((step: ReserveInventory): Promise<StepResult<Reservation>> => {
    const { orderId, lines, partial, number, holdMs } = step;
    const options = { partial, ...(holdMs !== undefined && { holdMs }) };
    const reserving = inventory.reserve(orderId, lines, options);
    const key = numbered('reserveInventory', number);
    return recordEffect(journal, step, key, reserving, (reservation) => [factOf(reservation)]);
  }),

  enqueueForStock: retryable((step: EnqueueForStock): Promise<StepResult<null>> => {
    const until = new Date(Date.now() + step.waitMs).toISOString();
    const enqueuing = inventory.enqueue(step.orderId, step.lines);
    return recordEffect(journal, step, 'enqueueForStock', enqueuing, () => [
      { type: 'inventory.backordered', until },
    ]);
  }),

  releaseInventory: alwaysRetryable((step: Step): Promise<StepResult<null>> => {
    const releasing = inventory.release(step.orderId);
    return recordEffect(journal, step, 'releaseInventory', releasing, () => [
      { type: 'inventory.released' },
    ]);
  }),

  /** One shipment will not go; what it held is free again, the rest stays held. */
  releaseParcel: alwaysRetryable((step: ParcelStep): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId } = step;
    const releasing = inventory.releasePart(orderId, warehouseId);
    return recordEffect(journal, step, `releaseParcel:${shipmentId}`, releasing, () => [
      { type: 'inventory.parcel_released', shipmentId },
    ]);
  }),

  /** The parcel of an order that is taken back had gone before: its goods are not free again. */
  writeOffParcel: alwaysRetryable((step: WriteOffParcel): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId } = step;
    const issuing = inventory.issue(orderId, warehouseId);
    return recordEffect(journal, step, `writeOffParcel:${shipmentId}`, issuing, () => [
      { type: 'inventory.written_off', shipmentId },
    ]);
  }),

  /** The carrier has the parcel: the goods leave the books as they left the house. */
  issueInventory: alwaysRetryable((step: IssueInventory): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId, holdId = orderId } = step;
    const issuing = inventory.issue(holdId, warehouseId);
    return recordEffect(journal, step, `issueInventory:${shipmentId}`, issuing, () => [
      { type: 'shipment.handed_over', shipmentId },
    ]);
  }),

  extendHold: alwaysRetryable((step: Step & { readonly number: number }) => {
    const extending = inventory.extend(step.orderId);
    const key = numbered('extendHold', step.number);
    return recordEffect(journal, step, key, extending, (until) => [
      { type: 'inventory.hold_extended', until },
    ]);
  }),
  ...inventoryOfLostParcels({ inventory, journal }),
});

/** Goods that come back, or are sent once more. */
const inventoryOfLostParcels = ({ inventory, journal }: Pick<Ports, 'inventory' | 'journal'>) => ({
  /** A parcel came back whole: its goods are for sale again. */
  restockParcel: alwaysRetryable((step: ParcelGoods): Promise<StepResult<null>> => {
    const { orderId, shipmentId, lines } = step;
    const restocking = inventory.restock(`${orderId}:${shipmentId}`, lines);
    return recordEffect(journal, step, `restockParcel:${shipmentId}`, restocking, () => [
      { type: 'inventory.restocked', lines },
    ]);
  }),

  /** Sets the goods of a parcel that got lost aside once more, under the new shipment's name. */
  reserveReplacement: retryable((step: ParcelGoods): Promise<StepResult<Reservation>> => {
    const { shipmentId, lines } = step;
    const reserving = inventory.reserve(shipmentId, lines);
    const key = `reserveReplacement:${shipmentId}`;
    return recordEffect(journal, step, key, reserving, (reservation) =>
      reservation.kind === 'short' ? [factOf(reservation)] : [],
    );
  }),

  /** The goods that were to replace a lost parcel are not sent after all. */
  releaseReplacement: alwaysRetryable((step: Replacement): Promise<StepResult<null>> => {
    const { shipmentId } = step;
    const releasing = inventory.release(shipmentId);
    return recordEffect(journal, step, `releaseReplacement:${shipmentId}`, releasing, () => [
      { type: 'inventory.parcel_released', shipmentId },
    ]);
  }),
});

function factOf(reservation: Reservation): Fact {
  switch (reservation.kind) {
    case 'reserved':
      return { type: 'inventory.reserved', parcels: reservation.allotments };
    case 'short':
      return { type: 'inventory.short', lines: reservation.lines };
  }
}
