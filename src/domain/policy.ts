/** What happens to an order whose goods are not all there. */
export const shortagePolicies = ['cancel', 'ship_available', 'wait', 'ask'] as const;
type ShortagePolicy = (typeof shortagePolicies)[number];
export const shipmentFailurePolicies = ['refund_shipment', 'undo_order'] as const;
export const lostParcelPolicies = ['refund', 'reship'] as const;

/** What a customer who is asked may decide. */
export type ShortageDecision = Exclude<ShortagePolicy, 'ask'>;

/** What the shop chose for all its orders. */
export interface ShopPolicy {
  readonly pointsAt: 'confirmed' | 'delivered';
}

/** What the shop or the customer chose for an order, frozen when the order is placed. */
export interface OrderPolicy extends ShopPolicy {
  readonly shortage: ShortagePolicy;
  /** What is given up when one shipment of several fails for good. */
  readonly shipmentFailure: (typeof shipmentFailurePolicies)[number];
  readonly lostParcel: (typeof lostParcelPolicies)[number];
}

export const defaultPolicy: OrderPolicy = {
  shortage: 'cancel',
  shipmentFailure: 'refund_shipment',
  lostParcel: 'refund',
  pointsAt: 'confirmed',
};
