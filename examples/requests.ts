import { exampleOrder } from '../src/up/demo.js';

/** What is out of the ordinary in an order; the rest is the order of the README. */
export type OrderChanges = Readonly<Record<string, unknown>>;

/** Where the example order goes, but for what is said here. */
export const address = (changes: Readonly<Record<string, string>>): OrderChanges => ({
  shipping_address: { ...exampleOrder.shipping_address, ...changes },
});

/** Above the limit from which on a person has to approve, all from one warehouse. */
export const largeLines = { lines: [{ sku: 'POT-900', quantity: 24 }] };

/** Its goods lie in two warehouses, so that it is sent in two parcels. */
export const twoWarehouses = {
  lines: [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'JAR-300', quantity: 1 },
  ],
};

/** The same in two parcels of 798.00 EUR each, from two warehouses. */
export const equalParcels = {
  lines: [
    { sku: 'POT-900', quantity: 19 },
    { sku: 'JAR-300', quantity: 42 },
  ],
};

/** Parcels to there move by hand only. */
export const silentHarbor = address({ city: 'Silent Harbor' });

/** No workflow leads it. */
export const choreographed = { coordination: 'choreographed' };

/** The carrier does not know this place. */
export const nowhere = address({ city: 'Nowhere' });

/** The address of the README, as a change of another one. */
export const homeAddress = {
  shipping_address: exampleOrder.shipping_address,
  by: 'customer',
};

export const approval = { reason: 'known customer', by: 'ops-7' };
