import type { DeliveryResult } from '../db/incoming-webhooks/delivery.js';
import type { SignalAnswer } from './order-workflows.js';

/** What is recorded of an incoming webhook that was signalled to its order, by Temporal's answer. */
export const deliveryResults: Readonly<Record<SignalAnswer['kind'], DeliveryResult>> = {
  not_delivered: 'attempted',
  gone: 'delivered',
  delivered: 'signalled',
};
