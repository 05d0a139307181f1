import type { Fact, FactOf, FactType } from './facts.js';
import {
  transitions,
  type FulfillmentStatus,
  type OrderState,
  type PaymentStatus,
  type Stage,
} from './order-state.js';

type Change = Partial<OrderState>;
type ChangeBy<Type extends FactType> = Change | ((state: OrderState, fact: FactOf<Type>) => Change);

/** What each fact changes in the order's state. Facts that are not listed change nothing. */
const changes: { readonly [Type in FactType]?: ChangeBy<Type> } = {
  'approval.requested': { status: 'awaiting_approval', stage: 'approve' },
  'order.approved': { status: 'processing', stage: 'reserve_inventory' },
  'code.sent': { status: 'awaiting_customer', stage: 'confirm_code' },
  'code.verified': { status: 'processing', stage: 'reserve_inventory' },

  'inventory.reserved': ({ tally }, { parcels }) => ({
    status: 'processing',
    stage: 'authorize_payment',
    fulfillmentStatus: 'reserved',
    tally: { ...tally, parcels: parcels.length },
  }),
  'inventory.backordered': {
    status: 'processing',
    stage: 'await_stock',
    fulfillmentStatus: 'backordered',
  },
  'shortage.asked': { status: 'awaiting_customer', stage: 'decide_shortage' },
  'shortage.decided': { status: 'processing', stage: 'reserve_inventory' },
  'order.reduced': ({ tally }, { total }) => ({ tally: { ...tally, dueMinor: total.amountMinor } }),
  'order.repriced': ({ tally }, { total }) => ({
    tally: { ...tally, dueMinor: total.amountMinor },
  }),
  'inventory.released': { fulfillmentStatus: 'none' },

  'payment.authorized': uncaptured('authorized'),
  'payment.declined': uncaptured('declined'),
  'payment.action_required': {
    status: 'awaiting_payment',
    stage: 'confirm_payment',
    paymentStatus: 'requires_action',
  },
  'payment.method_requested': { status: 'awaiting_payment', stage: 'retry_payment' },
  'payment.method_changed': { status: 'processing', stage: 'authorize_payment' },
  'payment.authorization_expired': uncaptured('none'),
  'payment.captured': captured,
  'payment.voided': uncaptured('voided'),
  'payment.refunded': refunded,
  'order.confirmed': { status: 'confirmed', stage: 'create_shipment' },

  'shipment.created': ({ stage }) => ({ stage: besideOthers(stage, 'capture_payment') }),
  'shipment.abandoned': abandoned,
  'address.fix_requested': ({ status }) => ({
    status: status === 'shipped' ? status : 'awaiting_customer',
    stage: 'fix_address',
  }),
  'address.changed': resumed,
  'shipment.handed_over': handedOver,
  'shipment.delivered': arrived,
  'shipment.replaced': ({ tally }) => ({ tally: { ...tally, handedOver: tally.handedOver - 1 } }),
  'shipment.lost': ({ fulfillmentStatus }) =>
    isWithCarrier(fulfillmentStatus) ? { fulfillmentStatus: 'lost' } : {},
  'shipment.returned_to_sender': ({ fulfillmentStatus }) =>
    isWithCarrier(fulfillmentStatus) ? { fulfillmentStatus: 'returned' } : {},

  'order.cancel_requested': { stage: 'cancel' },
  'order.cancel_refused': (state) =>
    state.stage === 'cancel' ? { stage: stageBefore(state) } : {},
  'compensation.started': { status: 'compensating', stage: 'undo' },
  'undo.settled': nothingHeld,
  'order.delivered': { status: 'delivered', stage: 'done', fulfillmentStatus: 'delivered' },
  'order.cancelled': { status: 'cancelled', stage: 'done' },
  'order.rejected': { status: 'rejected', stage: 'done' },
  'order.failed': { status: 'failed', stage: 'done' },
  'order.returned': { fulfillmentStatus: 'returned' },
};

/** Thrown when a fact would move an order against the status machine: a defect, never an outcome. */
export class ForbiddenTransition extends Error {
  override readonly name = 'ForbiddenTransition';
}

/** Whether the fact can change the state, so that its writing needs the order's next revision. */
export const changesState = (type: FactType): boolean => changes[type] !== undefined;

/**
 * @returns the same object where the fact changes nothing
 * @throws ForbiddenTransition when the status machine does not allow the move
 */
export function evolve(state: OrderState, fact: Fact): OrderState {
  const change = changeBy(state, fact);
  if (Object.keys(change).length === 0) return state;
  const next: { -readonly [Key in keyof OrderState]: OrderState[Key] } = { ...state, ...change };
  // What was under way when the cancel came still ends, and the order is about the cancel all the same.
  if (state.stage === 'cancel' && !endsCancel.has(fact.type)) next.stage = state.stage;
  const moves = next.status !== state.status;
  if (moves && !transitions[state.status].includes(next.status)) {
    throw new ForbiddenTransition(`${fact.type} cannot move an order that is ${state.status}`);
  }
  return next;
}

const endsCancel: ReadonlySet<FactType> = new Set<FactType>([
  'order.cancel_refused',
  'compensation.started',
  'order.cancelled',
  'order.rejected',
  'order.failed',
  'order.delivered',
]);

/** Where an order goes on whose parcel had left when it was cancelled. */
function stageBefore({ status, tally }: OrderState): Stage {
  if (status === 'shipped') return 'delivery';
  return tally.capturedMinor >= tally.dueMinor ? 'hand_over' : 'capture_payment';
}

/** The state after several facts, in their order. @throws ForbiddenTransition as {@link evolve}. */
export const evolveAll = (state: OrderState, facts: readonly Fact[]): OrderState =>
  facts.reduce(evolve, state);

function changeBy(state: OrderState, fact: Fact): Change {
  // The table pairs each type with its own fact; the compiler cannot follow that through a lookup.
  const change = changes[fact.type];
  if (typeof change !== 'function') return change ?? {};
  return (change as (state: OrderState, fact: Fact) => Change)(state, fact);
}

function captured({ tally, stage }: OrderState, { amount }: FactOf<'payment.captured'>): Change {
  const capturedMinor = tally.capturedMinor + amount.amountMinor;
  const taken = capturedMinor >= tally.dueMinor ? 'captured' : 'partially_captured';
  return {
    paymentStatus: tally.refundedMinor > 0 ? 'partially_refunded' : taken,
    stage: besideOthers(stage, 'hand_over'),
    tally: { ...tally, capturedMinor },
  };
}

/** What becomes of the rest of a payment says nothing about the part that was taken already. */
function uncaptured(paymentStatus: PaymentStatus): (state: OrderState) => Change {
  return ({ tally }) => (tally.capturedMinor > 0 ? {} : { paymentStatus });
}

/** A parcel that is under way, or waits for its address, is what the order is about. */
const besideOthers = (stage: Stage, next: Stage): Stage =>
  stage === 'delivery' || stage === 'fix_address' ? stage : next;

/** An authorization that there is nothing of holds no money, whatever was heard of it before. */
function nothingHeld(
  { paymentStatus }: OrderState,
  { undo, result }: FactOf<'undo.settled'>,
): Change {
  const isOpen = paymentStatus === 'authorized' || paymentStatus === 'requires_action';
  const isNothing = undo === 'voidAuthorization' && result === 'nothing_to_undo';
  return isOpen && isNothing ? { paymentStatus: 'none' } : {};
}

const isWithCarrier = (status: FulfillmentStatus): boolean =>
  status === 'shipped' || status === 'partially_shipped';

function refunded({ tally }: OrderState, { amount }: FactOf<'payment.refunded'>): Change {
  const refundedMinor = tally.refundedMinor + amount.amountMinor;
  return {
    paymentStatus: refundedMinor >= tally.capturedMinor ? 'refunded' : 'partially_refunded',
    tally: { ...tally, refundedMinor },
  };
}

function handedOver({ tally, stage }: OrderState): Change {
  const next = { ...tally, handedOver: tally.handedOver + 1 };
  return {
    status: 'shipped',
    stage: stage === 'fix_address' ? stage : 'delivery',
    fulfillmentStatus: next.handedOver >= next.parcels ? 'shipped' : 'partially_shipped',
    tally: next,
  };
}

function arrived({ tally, fulfillmentStatus }: OrderState): Change {
  const next = { ...tally, arrived: tally.arrived + 1 };
  return {
    fulfillmentStatus: next.arrived >= next.parcels ? 'delivered' : fulfillmentStatus,
    tally: next,
  };
}

/** One parcel less: those that are left may all be paid, have gone, or arrived, already. */
function abandoned(state: OrderState, { amount }: FactOf<'shipment.abandoned'>): Change {
  const { tally, fulfillmentStatus, paymentStatus } = state;
  const parcels = tally.parcels - 1;
  const dueMinor = tally.dueMinor - amount.amountMinor;
  const haveAll = (count: number) => parcels > 0 && count >= parcels;
  const allGone = fulfillmentStatus === 'partially_shipped' && haveAll(tally.handedOver);
  const allPaid = paymentStatus === 'partially_captured' && tally.capturedMinor >= dueMinor;
  return {
    ...resumed(state),
    ...(allGone && { fulfillmentStatus: haveAll(tally.arrived) ? 'delivered' : 'shipped' }),
    ...(allPaid && { paymentStatus: 'captured' }),
    tally: { ...tally, parcels, dueMinor },
  };
}

/** An order that waits for its address goes on; any other only notes it. */
function resumed({ stage, status }: OrderState): Change {
  if (stage !== 'fix_address') return {};
  return status === 'shipped'
    ? { stage: 'delivery' }
    : { status: 'confirmed', stage: 'create_shipment' };
}
