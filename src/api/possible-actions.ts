import type { OrderId } from '../domain/ids.js';
import {
  isEnded,
  isPastPointOfNoReturn,
  type Coordination,
  type OrderState,
} from '../domain/order-state.js';
import { accepts, type OrderCommand } from '../domain/commands.js';

/** What can be asked of an order, by the last part of its address. */
export type OrderAction =
  'cancel' | 'change-address' | 'approve' | 'reject' | 'verify' | 'decide' | 'retry-payment';

const actionsOf: Readonly<Record<OrderCommand, readonly OrderAction[]>> = {
  cancelOrder: ['cancel'],
  changeAddress: ['change-address'],
  approveOrder: ['approve', 'reject'],
  verifyCode: ['verify'],
  decideShortage: ['decide'],
  retryPayment: ['retry-payment'],
  // Items are resolved at addresses of their own.
  resolveAttention: [],
};

type Position = Pick<OrderState, 'status' | 'stage'> & { readonly coordination: Coordination };

/** The row may be behind its workflow, but from these states no order comes back. */
export const isClosed = (order: Position): boolean =>
  isEnded(order) || isPastPointOfNoReturn(order);

/** What can be asked of an order as far as its row knows; its workflow decides. */
export const possibleActions = (order: Position): readonly OrderAction[] =>
  isClosed(order)
    ? []
    : accepts[order.stage]
        .flatMap((message) => actionsOf[message])
        .filter(isTaken[order.coordination]);

/** Nobody waits for an answer in a choreographed order; it can be taken back. */
const isTaken: Readonly<Record<Coordination, (action: OrderAction) => boolean>> = {
  orchestrated: () => true,
  choreographed: (action) => action === 'cancel',
};

/** What is possible in place of something that is not, as problems name it. */
export const alternatives = (
  order: Position & { readonly needsAttention: boolean },
): readonly string[] => [
  ...(isPastPointOfNoReturn(order) ? ['return'] : []),
  ...possibleActions(order).map(memberName),
  ...(order.needsAttention && !isEnded(order) ? ['resolve_attention'] : []),
];

/** The possible actions with their addresses. */
export const actionLinks = (orderId: OrderId, order: Position): Readonly<Record<string, string>> =>
  Object.fromEntries(
    possibleActions(order).map((action) => [memberName(action), `/v1/orders/${orderId}/${action}`]),
  );

const memberName = (action: OrderAction): string => action.replaceAll('-', '_');
