import type { StepName } from '../../src/domain/saga.js';
import type { World } from './world.js';

/** How the steps' calls are known to the world. */
export const callsOf: Readonly<Record<StepName, string>> = {
  reserveInventory: 'reserveInventory',
  authorizePayment: 'authorizePayment',
  sendOrderConfirmation: 'order_confirmation',
  notifySeller: 'seller_notice',
  assignDeliveryPartner: 'assignDeliveryPartner',
  awardPoints: 'awardPoints',
  createShipment: 'createShipment',
  capturePayment: 'capturePayment',
};

/** The undos of a member's order that are about none of its parcels, in their order. */
export const mainUndos = [
  'revokePoints',
  'releaseDeliveryPartner',
  'voidAuthorization',
  'releaseInventory',
] as const;

/** The call's first try waits at the gate. */
export const holdUp =
  (call: string, held: { readonly wait: () => Promise<unknown> }) =>
  (world: World): void => {
    world.script(call, held.wait);
  };
