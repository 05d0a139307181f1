import type { NewOrder } from '../db/acceptance.js';
import type { Coordination } from '../domain/order-state.js';
import { defaultPolicy, type OrderPolicy } from '../domain/policy.js';
import type { FieldError } from './problem.js';

/** What becomes of an order of which one shipment fails, where the request does not say. */
export const defaultShipmentFailure: Readonly<
  Record<Coordination, OrderPolicy['shipmentFailure']>
> = {
  orchestrated: defaultPolicy.shipmentFailure,
  choreographed: 'undo_order',
};

/** The only choices of one: nobody in it waits for a person, or decides between ways. */
const possible = [
  ['/shortage_policy', 'shortage', 'cancel'],
  ['/shipment_failure_policy', 'shipmentFailure', 'undo_order'],
  ['/lost_parcel_policy', 'lostParcel', 'refund'],
] as const;

/** What a choreographed order cannot do. Who needs that places an orchestrated one. */
export function beyondChoreography(order: NewOrder): readonly FieldError[] {
  if (order.coordination !== 'choreographed') return [];
  const waits = [...order.verification.approval, ...order.verification.code];
  const first = ['/coordination', `has to wait for a person first (${waits.join(', ')})`] as const;
  const other = possible.filter(([, part, choice]) => order.policy[part] !== choice);
  return [
    ...(waits.length > 0 ? [first] : []),
    ...other.map(([pointer, , choice]) => [pointer, `must be ${choice}`] as const),
  ].map(([pointer, detail]) => ({
    pointer,
    code: 'not_possible_in_choreography',
    detail: `${detail} in a choreographed order`,
  }));
}
