/** What happens to an order whose goods are not all there. */
type ShortagePolicy = 'cancel' | 'ship_available' | 'wait' | 'ask';

/** What a customer who is asked may decide. */
export type ShortageDecision = Exclude<ShortagePolicy, 'ask'>;

/** What the shop or the customer chose for an order, frozen when the order is placed. */
export interface OrderPolicy {
  readonly shortage: ShortagePolicy;
  /** One shipment of several fails for good: it alone is given up, or the whole order. */
  readonly shipmentFailure: 'refund_shipment' | 'undo_order';
  readonly lostParcel: 'refund' | 'reship';
  readonly pointsAt: 'confirmed' | 'delivered';
}

export const shortagePolicies = ['cancel', 'ship_available', 'wait', 'ask'] as const;
export const shipmentFailurePolicies = ['refund_shipment', 'undo_order'] as const;
export const lostParcelPolicies = ['refund', 'reship'] as const;

export const defaultPolicy: OrderPolicy = {
  shortage: 'cancel',
  shipmentFailure: 'refund_shipment',
  lostParcel: 'refund',
  pointsAt: 'confirmed',
};
