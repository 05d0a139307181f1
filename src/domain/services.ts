/** The services that carry a choreographed order among them. */
export const serviceNames = [
  'order',
  'inventory',
  'payment',
  'shipping',
  'notification',
  'seller-notice',
  'delivery-partner',
  'loyalty',
] as const;

export type ServiceName = (typeof serviceNames)[number];
