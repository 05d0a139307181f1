import type { stageMeanings } from './commands.js';
import type { Money } from './money.js';

export type Coordination = 'orchestrated' | 'choreographed';

export type PaymentStatus =
  | 'none'
  | 'requires_action'
  | 'authorized'
  | 'partially_captured'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'voided'
  | 'declined';

export type FulfillmentStatus =
  | 'none'
  | 'reserved'
  | 'backordered'
  | 'partially_shipped'
  | 'shipped'
  | 'delivered'
  | 'returned'
  | 'lost';

/** What the saga is doing now, or what it waits for. */
export type Stage = keyof typeof stageMeanings;

/** The sums and counts behind the statuses; amounts in minor units of the order's currency. */
interface Tally {
  readonly dueMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** Shipments that are still meant to arrive, and those of them that were handed over or arrived. */
  readonly parcels: number;
  readonly handedOver: number;
  readonly arrived: number;
}

export interface OrderState {
  readonly status: OrderStatus;
  readonly stage: Stage;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly tally: Tally;
}

const ends = ['cancelled', 'rejected', 'failed'] as const;
const waits = ['awaiting_approval', 'awaiting_customer', 'awaiting_payment'] as const;

const moves = {
  pending: [...waits, 'processing', 'compensating', ...ends],
  awaiting_approval: ['processing', 'compensating', ...ends],
  // One parcel may leave while another one waits for its address.
  awaiting_customer: ['processing', 'confirmed', 'shipped', 'compensating', ...ends],
  awaiting_payment: ['processing', 'confirmed', 'compensating', ...ends],
  processing: ['awaiting_customer', 'awaiting_payment', 'confirmed', 'compensating', ...ends],
  confirmed: ['awaiting_customer', 'awaiting_payment', 'shipped', 'compensating'],
  // A parcel that left and never arrives ends the order without a delivery.
  shipped: ['delivered', 'failed'],
  compensating: ends,
  delivered: [],
  cancelled: [],
  rejected: [],
  failed: [],
} as const;

/** Where an order stands. Each status holds since a time that the order's row keeps. */
export type OrderStatus = keyof typeof moves;

/** Every allowed move of the order's status. A status without moves is an end. */
export const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = moves;

export const orderStatuses = Object.keys(transitions) as readonly OrderStatus[];

/** `delivered`, and the ends of an order that was not fulfilled. */
export const endStatuses = orderStatuses.filter((status) => transitions[status].length === 0);

export const isEnded = ({ status }: { readonly status: string }): boolean =>
  endStatuses.some((end) => end === status);

/** Whether the order ended without being fulfilled. */
export const endedUnfulfilled = ({ status }: Pick<OrderState, 'status'>): boolean =>
  status !== 'delivered' && isEnded({ status });

/** From the hand-over on there is no undo: a return comes instead. */
export const isPastPointOfNoReturn = ({ status }: Pick<OrderState, 'status'>): boolean =>
  status === 'shipped' || status === 'delivered';

const nothingYet: Tally = {
  dueMinor: 0,
  capturedMinor: 0,
  refundedMinor: 0,
  parcels: 0,
  handedOver: 0,
  arrived: 0,
};

export const placed: OrderState = {
  status: 'pending',
  stage: 'reserve_inventory',
  paymentStatus: 'none',
  fulfillmentStatus: 'none',
  tally: nothingYet,
};

/** Where an order of this total begins. */
export const placedWith = (total: Money): OrderState => ({
  ...placed,
  tally: { ...nothingYet, dueMinor: total.amountMinor },
});

/** What may be shown of a state: where the order stands, without the sums behind it. */
export function statusesOf(state: OrderState): Omit<OrderState, 'tally'> {
  const { status, stage, paymentStatus, fulfillmentStatus } = state;
  return { status, stage, paymentStatus, fulfillmentStatus };
}
