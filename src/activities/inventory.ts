import type { Fact, SkuQuantity } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { HoldId, Ports, Reservation } from './ports.js';
import { numbered, recordOutcome, type Step, type StepResult } from './step.js';

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
  reserveInventory: retryable(async (step: ReserveInventory): Promise<StepResult<Reservation>> => {
    const { orderId, lines, partial, number, holdMs } = step;
    const key = numbered('reserveInventory', number);
    const known = shortageIn(await journal.find(orderId, key));
    const options = { partial, ...(holdMs !== undefined && { holdMs }) };
    const reservation = known ?? (await inventory.reserve(orderId, lines, options));
    return recordOutcome(journal, step, key, reservation, [factOf(reservation)]);
  }),

  enqueueForStock: retryable(async (step: EnqueueForStock): Promise<StepResult<null>> => {
    await inventory.enqueue(step.orderId, step.lines);
    const until = new Date(Date.now() + step.waitMs).toISOString();
    const facts = [{ type: 'inventory.backordered', until }] as const;
    return recordOutcome(journal, step, 'enqueueForStock', null, facts);
  }),

  releaseInventory: alwaysRetryable(async (step: Step): Promise<StepResult<null>> => {
    await inventory.release(step.orderId);
    return recordOutcome(journal, step, 'releaseInventory', null, [{ type: 'inventory.released' }]);
  }),

  /** One shipment will not go; what it held is free again, the rest stays held. */
  releaseParcel: alwaysRetryable(async (step: ParcelStep): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId } = step;
    await inventory.releasePart(orderId, warehouseId);
    const facts = [{ type: 'inventory.parcel_released', shipmentId }] as const;
    return recordOutcome(journal, step, `releaseParcel:${shipmentId}`, null, facts);
  }),

  /** The parcel of an order that is taken back had gone before: its goods are not free again. */
  writeOffParcel: alwaysRetryable(async (step: WriteOffParcel): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId } = step;
    await inventory.issue(orderId, warehouseId);
    const facts = [{ type: 'inventory.written_off', shipmentId }] as const;
    return recordOutcome(journal, step, `writeOffParcel:${shipmentId}`, null, facts);
  }),

  /** The carrier has the parcel: the goods leave the books as they left the house. */
  issueInventory: alwaysRetryable(async (step: IssueInventory): Promise<StepResult<null>> => {
    const { orderId, shipmentId, warehouseId, holdId = orderId } = step;
    await inventory.issue(holdId, warehouseId);
    const facts = [{ type: 'shipment.handed_over', shipmentId }] as const;
    return recordOutcome(journal, step, `issueInventory:${shipmentId}`, null, facts);
  }),

  extendHold: alwaysRetryable(async (step: Step & { readonly number: number }) => {
    const until = await inventory.extend(step.orderId);
    const facts = [{ type: 'inventory.hold_extended', until }] as const;
    return recordOutcome(journal, step, numbered('extendHold', step.number), null, facts);
  }),

  /** A parcel came back whole: its goods are for sale again. */
  restockParcel: alwaysRetryable(async (step: ParcelGoods): Promise<StepResult<null>> => {
    const { orderId, shipmentId, lines } = step;
    await inventory.restock(`${orderId}:${shipmentId}`, lines);
    const facts = [{ type: 'inventory.restocked', lines }] as const;
    return recordOutcome(journal, step, `restockParcel:${shipmentId}`, null, facts);
  }),

  /** Sets the goods of a parcel that got lost aside once more, under the new shipment's name. */
  reserveReplacement: retryable(async (step: ParcelGoods): Promise<StepResult<Reservation>> => {
    const { shipmentId, lines } = step;
    const reservation = await inventory.reserve(shipmentId, lines);
    const facts: readonly Fact[] =
      reservation.kind === 'short' ? [{ type: 'inventory.short', lines: reservation.lines }] : [];
    return recordOutcome(journal, step, `reserveReplacement:${shipmentId}`, reservation, facts);
  }),

  /** The goods that were to replace a lost parcel are not sent after all. */
  releaseReplacement: alwaysRetryable(async (step: Replacement): Promise<StepResult<null>> => {
    const { shipmentId } = step;
    await inventory.release(shipmentId);
    const facts = [{ type: 'inventory.parcel_released', shipmentId }] as const;
    return recordOutcome(journal, step, `releaseReplacement:${shipmentId}`, null, facts);
  }),
});

function shortageIn(facts: readonly Fact[]): Reservation | undefined {
  const short = facts.find((fact) => fact.type === 'inventory.short');
  return short && { kind: 'short', lines: short.lines };
}

function factOf(reservation: Reservation): Fact {
  switch (reservation.kind) {
    case 'reserved':
      return { type: 'inventory.reserved', parcels: reservation.allotments };
    case 'short':
      return { type: 'inventory.short', lines: reservation.lines };
  }
}
