import { vi } from 'vitest';
import type { Allocation } from '../../src/domain/parcels.js';
import type { SkuQuantity } from '../../src/domain/facts.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import { gate, parcelIn, type Fakes, type Script } from './fakes.js';
import { waitFor } from './wait-for.js';

/** How the steps' calls are known to the fakes: by the step's name, and a mail by its template's. */
export const callsOf = {
  ...Object.fromEntries(Object.keys(undoOf).map((step) => [step, step])),
  sendOrderConfirmation: 'order_confirmation',
  notifySeller: 'seller_notice',
} as Readonly<Record<StepName, string>>;

/** The undos of a member's order that are about none of its parcels, in their order. */
export const mainUndos = [
  'revokePoints',
  'releaseDeliveryPartner',
  'voidAuthorization',
  'releaseInventory',
] as const;

/** The same once all of the money is taken: there is nothing left to void. */
export const undosOncePaid = mainUndos.filter((undo) => undo !== 'voidAuthorization');

/** The first try of the call waits at the gate. */
export const holdUp =
  (call: string, held: { readonly wait: () => Promise<unknown> }) =>
  (fakes: Fakes): void => {
    fakes.script(call, held.wait);
  };

/** What is recorded under this key is written once the test says so. */
export function slowWriting(key: string) {
  const begun = gate<undefined>();
  const held = gate<undefined>();
  const prepare = ({ ports: { journal } }: Fakes) => {
    const append = journal.append.bind(journal);
    vi.spyOn(journal, 'append').mockImplementation(async (entry) => {
      if (entry.key === key) {
        begun.open(undefined);
        await held.wait();
      }
      return append(entry);
    });
  };
  const goOn = () => {
    held.open(undefined);
  };
  return { prepare, hasBegun: begun.wait, goOn };
}

/** Of each call the next ones do this, one script each. */
export const scripted =
  (scripts: Readonly<Record<string, readonly Script[]>>) =>
  (fakes: Fakes): void => {
    for (const [call, each] of Object.entries(scripts)) fakes.script(call, ...each);
  };

/** Every call of this name answers this. */
export const answers =
  (call: string, answer: object) =>
  (fakes: Fakes): void => {
    fakes.always(call, () => answer);
  };

export const shortOfTea = () => ({
  kind: 'short',
  lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
});

const packetsIn = (warehouseId: string) => ({
  warehouseId,
  lines: [{ sku: 'TEA-100', quantity: 1 }],
});

export const onlyOnePacket = () => ({
  kind: 'reserved',
  allotments: [packetsIn('wh_1')],
  dropped: [{ sku: 'TEA-100', quantity: 1 }],
});

/** The carrier does not deliver there; another address may help. */
export const refusesLabel = () => ({ kind: 'refused', reason: 'no_service' });

/** The goods lie in several warehouses, shared out evenly: one parcel each. */
export function splitOver(fakes: Fakes, ...warehouseIds: string[]): void {
  fakes.always('reserveInventory', ({ holdId, lines }: { holdId: string; lines: SkuQuantity[] }) =>
    holdId.startsWith('shp_')
      ? undefined
      : { kind: 'reserved', allotments: sharedOut(lines, warehouseIds), dropped: [] },
  );
}

/** Two parcels, of one packet each. */
export const inTwoParcels = (fakes: Fakes): void => {
  splitOver(fakes, 'wh_1', 'wh_2');
};

const sharedOut = (lines: readonly SkuQuantity[], warehouseIds: readonly string[]): Allocation[] =>
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

/** The undos, where the carrier is asked about all parcels at once: which is asked first says nothing. */
export const recalledFirst = ({ undos }: Fakes): string[] => {
  const isLabel = (undo: string) => undo.startsWith('voidLabel');
  const first = undos.findIndex((undo) => !isLabel(undo));
  return [...undos.slice(0, first).sort(), ...undos.slice(first)];
};

/** For a parcel that is behind another one, so that the order of events is known. */
export const firstIsPaid = (fakes: Fakes): Script => {
  const facts = () => [...fakes.timelines.values()].flat().map(({ type }) => type);
  return async () => {
    await waitFor('the first capture', () => facts().includes('payment.captured'));
  };
};

/** In an order of two parcels the step meets the script for the second one, when the first is paid for. */
export function secondParcelMeets(fakes: Fakes, call: string, script: Script): void {
  inTwoParcels(fakes);
  fakes.always('createShipment', ofParcel(1, firstIsPaid(fakes)));
  const isOfParcel = call === 'createShipment' || call === 'capturePayment';
  const late: Script = async (request) => {
    await firstIsPaid(fakes)(request);
    return script(request);
  };
  fakes.always(call, isOfParcel ? ofParcel(1, late) : script);
}
