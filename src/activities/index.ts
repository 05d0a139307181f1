import { deliveryPartnerActivities } from './delivery-partner.js';
import { inventoryActivities } from './inventory.js';
import { loyaltyActivities } from './loyalty.js';
import { notificationActivities } from './notification.js';
import { oneTimeCodeActivities } from './one-time-code.js';
import { paymentActivities } from './payment.js';
import { alwaysRetryable } from './error-classification.js';
import type { Entry, Ports } from './ports.js';
import { returnActivities } from './returns.js';
import { settlementActivities } from './settlement.js';
import { shippingActivities } from './shipping.js';
import type { StepResult } from './step.js';

/** All activities of the workflows of orders and returns. The return type is their contract. */
export const createActivities = (ports: Ports) => ({
  ...inventoryActivities(ports),
  ...paymentActivities(ports),
  ...settlementActivities(ports),
  ...notificationActivities(ports),
  ...oneTimeCodeActivities(ports),
  ...deliveryPartnerActivities(ports),
  ...loyaltyActivities(ports),
  ...shippingActivities(ports),
  ...returnActivities(ports),
  /** Records a change that no step made: by a signal, an update, a timer, or the end. */
  recordTransition: alwaysRetryable(async (entry: Entry): Promise<StepResult<null>> => {
    return { outcome: null, ...(await ports.journal.append(entry)) };
  }),
});

export type OrderActivities = ReturnType<typeof createActivities>;
