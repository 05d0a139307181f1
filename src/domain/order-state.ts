/** Where an order stands. Each status holds since a time that the order's row keeps. */
export type OrderStatus =
  | 'pending'
  | 'processing'
  | 'confirmed'
  | 'shipped'
  | 'delivered'
  | 'compensating'
  | 'cancelled'
  | 'rejected'
  | 'failed';

export type PaymentStatus = 'none' | 'authorized' | 'captured' | 'refunded' | 'voided' | 'declined';

export type FulfillmentStatus = 'none' | 'reserved' | 'shipped' | 'delivered';

/** What the saga is doing now. */
export type Stage =
  | 'reserve_inventory'
  | 'authorize_payment'
  | 'create_shipment'
  | 'capture_payment'
  | 'hand_over'
  | 'delivery'
  | 'undo'
  | 'done';

export interface OrderState {
  readonly status: OrderStatus;
  readonly stage: Stage;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
}

/** Every allowed move of the order's status. A status without moves is an end. */
export const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['processing', 'compensating', 'cancelled', 'rejected', 'failed'],
  processing: ['confirmed', 'compensating'],
  confirmed: ['shipped', 'compensating'],
  shipped: ['delivered'],
  compensating: ['cancelled', 'rejected', 'failed'],
  delivered: [],
  cancelled: [],
  rejected: [],
  failed: [],
};

export const orderStatuses = Object.keys(transitions) as readonly OrderStatus[];

export const isEnded = ({ status }: Pick<OrderState, 'status'>): boolean =>
  transitions[status].length === 0;

/** From the hand-over on there is no undo: a return comes instead. */
export const isPastPointOfNoReturn = ({ status }: Pick<OrderState, 'status'>): boolean =>
  status === 'shipped' || status === 'delivered';

export const placed: OrderState = {
  status: 'pending',
  stage: 'reserve_inventory',
  paymentStatus: 'none',
  fulfillmentStatus: 'none',
};
