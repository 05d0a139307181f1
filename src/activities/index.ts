import { deliveryPartnerActivities } from './delivery-partner.js';
import { inventoryActivities, replacementActivities } from './inventory.js';
import { latePaymentActivities } from './late-payment.js';
import { loyaltyActivities } from './loyalty.js';
import { notificationActivities } from './notification.js';
import { oneTimeCodeActivities } from './one-time-code.js';
import { paymentActivities } from './payment.js';
import type { Ports } from './ports.js';
import { returnActivities } from './returns.js';
import { settlementActivities } from './settlement.js';
import { shippingActivities } from './shipping.js';
import { transitionActivities } from './transition.js';

/**
 * Everything that the workflows of orders and returns may ask for. The return type is their contract.
 */
export const createActivities = (ports: Ports) => ({
  ...inventoryActivities(ports),
  ...replacementActivities(ports),
  ...paymentActivities(ports),
  ...settlementActivities(ports),
  ...latePaymentActivities(ports),
  ...notificationActivities(ports),
  ...oneTimeCodeActivities(ports),
  ...deliveryPartnerActivities(ports),
  ...loyaltyActivities(ports),
  ...shippingActivities(ports),
  ...returnActivities(ports),
  ...transitionActivities(ports),
});

export type OrderActivities = ReturnType<typeof createActivities>;
