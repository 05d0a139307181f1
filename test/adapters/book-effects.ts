import { deliveryPartnerActivities } from '../../src/activities/delivery-partner.js';
import { inventoryActivities } from '../../src/activities/inventory.js';
import { loyaltyActivities } from '../../src/activities/loyalty.js';
import type { Ports } from '../../src/activities/ports.js';
import type { Step, StepResult } from '../../src/activities/step.js';
import { postgresDeliveryPartners } from '../../src/adapters/postgres-delivery-partners.js';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import type { Database } from '../../src/db/database.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder } from '../activities/samples.js';
import { line } from './stock.js';

/** The activities over our books, in either style. */
export function activitiesOver(database: Database, journalOf = postgresJournal) {
  const ports = {
    journal: journalOf(database),
    inventory: postgresInventory(database),
    loyalty: postgresLoyalty(database),
    partners: postgresDeliveryPartners(database),
    orders: { find: () => Promise.resolve(anOrder) },
  } as unknown as Ports;
  return {
    ...inventoryActivities(ports),
    ...loyaltyActivities(ports),
    ...deliveryPartnerActivities(ports),
  };
}
type Activities = ReturnType<typeof activitiesOver>;

export const stepOf = (orderId: OrderId, revision = 1): Step => ({
  orderId,
  revision,
  before: { ...placed, status: 'processing' },
});
const confirmed: Step['before'] = { ...placed, status: 'confirmed' };
export const warehouseId = 'wh_hamburg';
export const firstTime = { partial: false, number: 1 };

export interface Scene {
  readonly step: Step;
  readonly sku: string;
}
export const reserve = (activities: Activities, { step, sku }: Scene) =>
  activities.reserveInventory({ ...step, ...firstTime, lines: [line(sku, 2)] });
const parcelOf = ({ step }: Scene) => ({ ...step, shipmentId: shipmentIdOf(step.orderId) });

/** Each effect that is one call with its entry: how it comes to happen, and what makes it possible. */
export const effects: Readonly<
  Record<
    string,
    readonly [
      act: (activities: Activities, scene: Scene) => Promise<StepResult<unknown>>,
      before?: (activities: Activities, scene: Scene) => Promise<unknown>,
    ]
  >
> = {
  reserve: [reserve],
  'reserve, of which there is too little': [
    (activities, { step, sku }) =>
      activities.reserveInventory({ ...step, ...firstTime, lines: [line(sku, 99)] }),
  ],
  enqueue: [
    (activities, { step, sku }) =>
      activities.enqueueForStock({ ...step, waitMs: 1_000, lines: [line(sku, 99)] }),
  ],
  release: [(activities, { step }) => activities.releaseInventory(step), reserve],
  'release of a part': [
    (activities, scene) => activities.releaseParcel({ ...parcelOf(scene), warehouseId }),
    reserve,
  ],
  issue: [
    (activities, scene) =>
      activities.issueInventory({ ...parcelOf(scene), before: confirmed, warehouseId }),
    reserve,
  ],
  'write off': [(activities, scene) => activities.writeOffParcel(parcelOf(scene)), reserve],
  restock: [
    (activities, scene) =>
      activities.restockParcel({ ...parcelOf(scene), lines: [line(scene.sku, 1)] }),
  ],
  'reserve again': [
    (activities, scene) =>
      activities.reserveReplacement({ ...parcelOf(scene), lines: [line(scene.sku, 1)] }),
  ],
  award: [(activities, { step }) => activities.awardPoints(step)],
  revoke: [
    (activities, { step }) => activities.revokePoints(step),
    (activities, { step }) => activities.awardPoints(step),
  ],
  'offer to a partner': [
    (activities, { step }) =>
      activities.assignDeliveryPartner({ ...step, round: 0, acceptMs: 60_000 }),
  ],
  'offer to nobody': [
    (activities, { step }) => activities.assignDeliveryPartner({ ...step, round: 7, acceptMs: 0 }),
  ],
  'release of a partner': [
    (activities, { step }) => activities.releaseDeliveryPartner(step),
    (activities, { step }) => activities.assignDeliveryPartner({ ...step, round: 0, acceptMs: 0 }),
  ],
  'revoke, of which there is nothing': [(activities, { step }) => activities.revokePoints(step)],
};
