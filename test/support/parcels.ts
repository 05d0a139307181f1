import { expect } from 'vitest';
import type { Allotment } from '../../src/domain/parcels.js';
import type { FactType, SkuQuantity } from '../../src/domain/facts.js';
import type { Money } from '../../src/domain/money.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { undoOf } from '../../src/domain/saga.js';
import type { PlacedOrder } from './order-desk.js';
import { report } from './order-worker.js';
import { waitFor } from './wait-for.js';
import type { Script, World } from './world.js';

/** The goods lie in several warehouses, shared out evenly: one parcel each. */
export function splitOver(world: World, ...warehouseIds: string[]): void {
  world.always('reserveInventory', ({ holdId, lines }: { holdId: string; lines: SkuQuantity[] }) =>
    holdId.startsWith('shp_')
      ? undefined
      : { kind: 'reserved', allotments: sharedOut(lines, warehouseIds), dropped: [] },
  );
}

const sharedOut = (lines: readonly SkuQuantity[], warehouseIds: readonly string[]): Allotment[] =>
  warehouseIds.map((warehouseId, index) => ({
    warehouseId,
    lines: lines
      .map(({ sku, quantity }) => ({
        sku,
        quantity:
          Math.floor(quantity / warehouseIds.length) +
          (index < quantity % warehouseIds.length ? 1 : 0),
      }))
      .filter(({ quantity }) => quantity > 0),
  }));

const mostParcels = 12;

/** Which of its order's parcels a request is about, counted from 0; undefined when about none. */
function parcelIn(request: unknown): number | undefined {
  const text = JSON.stringify(request);
  const orderId = /ord_[0-9a-z]{26}/.exec(text)?.[0];
  const shipmentId = /shp_[0-9a-z]{26}/.exec(text)?.[0];
  if (orderId === undefined || shipmentId === undefined) return undefined;
  const ids = Array.from({ length: mostParcels }, (_, index) =>
    shipmentIdOf(orderId as OrderId, index),
  );
  return ids.findIndex((id) => id === shipmentId);
}

/** Only requests about this parcel do something out of the ordinary. */
export const ofParcel =
  (index: number, script: Script): Script =>
  (request) =>
    parcelIn(request) === index ? script(request) : undefined;

/** Each parcel's requests are answered in their own way. */
export const byParcel =
  (...scripts: Script[]): Script =>
  (request) =>
    scripts[parcelIn(request) ?? -1]?.(request);

/** One script for each call, and the usual answer after the last one. */
export function oneByOne(...scripts: Script[]): Script {
  const left = [...scripts];
  return (request) => left.shift()?.(request);
}

const undoNames = new Set<string | null>(Object.values(undoOf));

/** The undos that were carried out, in their order, each with the parcel that it is about. */
export const undosIn = ({ asked }: World): string[] =>
  asked
    .filter(({ name }) => undoNames.has(name))
    .map(({ name, request }) => [name, parcelIn(request)].filter((part) => part !== undefined))
    .map((parts) => parts.join(' '));

/** The same, where the carrier is asked about all parcels at once: which is asked first says nothing. */
export const recalledFirst = (world: World): string[] => {
  const undos = undosIn(world);
  const isLabel = (undo: string) => undo.startsWith('voidLabel');
  const first = undos.findIndex((undo) => !isLabel(undo));
  return [...undos.slice(0, first).sort(), ...undos.slice(first)];
};

export const waitForFact = (
  { handle, world }: PlacedOrder,
  fact: string,
  times = 1,
): Promise<void> =>
  waitFor(`fact ${times} of ${fact}`, () => {
    const facts = world.facts(handle.workflowId).filter((type) => type === fact);
    expect(facts.length).toBeGreaterThanOrEqual(times);
  });

/** For a parcel that is behind another one, so that the order of events is known. */
export const firstIsPaid = (world: World): Script => {
  const facts = () => [...world.timelines.values()].flat().map(({ type }) => type);
  return () => waitFor('the first capture', () => facts().includes('payment.captured'));
};

/** The carrier takes these parcels and brings them. */
export async function deliver({ handle }: PlacedOrder, ...indexes: number[]): Promise<void> {
  for (const index of indexes) await report(handle, 'handed_over', index);
  for (const index of indexes) await report(handle, 'delivered', index);
}

/** The second parcel's stock is free again, and its money, 8.90 EUR, is not held any more. */
export function expectGivenUp({ handle, world }: PlacedOrder): void {
  const asked = (call: string) => world.asked.filter(({ name }) => name === call);
  expect(asked('releaseParcel')).toMatchObject([{ request: [handle.workflowId, 'wh_2'] }]);
  expect(asked('releaseRemainder')).toMatchObject([{ request: { paymentId: 'pi_1' } }]);
  expect(world.timelines.get(handle.workflowId)).toContainEqual(
    expect.objectContaining({
      type: 'payment.remainder_released',
      amount: { amountMinor: 890, currency: 'EUR' },
    }),
  );
}

/** The money in the facts of one type, in their order. */
export const amountsOf = ({ handle, world }: PlacedOrder, type: FactType): Money[] =>
  (world.timelines.get(handle.workflowId) ?? []).flatMap((fact) =>
    fact.type === type && 'amount' in fact ? [fact.amount] : [],
  );
