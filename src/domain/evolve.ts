import type { Fact, FactType } from './facts.js';
import { transitions, type OrderState } from './order-state.js';

/** What each fact changes in the order's state. Facts that are not listed change nothing. */
const changes: Partial<Record<FactType, Partial<OrderState>>> = {
  'inventory.reserved': {
    status: 'processing',
    stage: 'authorize_payment',
    fulfillmentStatus: 'reserved',
  },
  'inventory.released': { fulfillmentStatus: 'none' },
  'payment.authorized': { paymentStatus: 'authorized' },
  'payment.declined': { paymentStatus: 'declined' },
  'payment.captured': { paymentStatus: 'captured', stage: 'hand_over' },
  'payment.voided': { paymentStatus: 'voided' },
  'payment.refunded': { paymentStatus: 'refunded' },
  'order.confirmed': { status: 'confirmed', stage: 'create_shipment' },
  'shipment.created': { stage: 'capture_payment' },
  'shipment.handed_over': { status: 'shipped', stage: 'delivery', fulfillmentStatus: 'shipped' },
  'shipment.delivered': { fulfillmentStatus: 'delivered' },
  'compensation.started': { status: 'compensating', stage: 'undo' },
  'order.delivered': { status: 'delivered', stage: 'done' },
  'order.cancelled': { status: 'cancelled', stage: 'done' },
  'order.rejected': { status: 'rejected', stage: 'done' },
  'order.failed': { status: 'failed', stage: 'done' },
};

/** Thrown when a fact would move an order against the status machine: a defect, never an outcome. */
export class ForbiddenTransition extends Error {
  override readonly name = 'ForbiddenTransition';
}

/** Whether the fact changes the state, so that its writing needs the order's next revision. */
export const changesState = (type: FactType): boolean => changes[type] !== undefined;

/** @throws ForbiddenTransition when the status machine does not allow the move. */
export function evolve(state: OrderState, fact: Pick<Fact, 'type'>): OrderState {
  const next = { ...state, ...changes[fact.type] };
  const moves = next.status !== state.status;
  if (moves && !transitions[state.status].includes(next.status)) {
    throw new ForbiddenTransition(`${fact.type} cannot move an order that is ${state.status}`);
  }
  return next;
}

/** The state after several facts, in their order. @throws ForbiddenTransition as {@link evolve}. */
export const evolveAll = (state: OrderState, facts: readonly Pick<Fact, 'type'>[]): OrderState =>
  facts.reduce(evolve, state);
