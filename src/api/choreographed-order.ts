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

/**
 * What a choreographed order cannot do: nobody in it waits for a person, or decides between ways. Who
 * needs that places an orchestrated one.
 */
export function beyondChoreography({
  coordination,
  policy,
  verification,
}: NewOrder): readonly FieldError[] {
  if (coordination !== 'choreographed') return [];
  const waits = [...verification.approval, ...verification.code];
  return [
    ...(waits.length > 0
      ? [notPossible('/coordination', `has to wait for a person first (${waits.join(', ')})`)]
      : []),
    ...(policy.shortage === 'cancel' ? [] : [notPossible('/shortage_policy', 'must be cancel')]),
    ...(policy.shipmentFailure === 'undo_order'
      ? []
      : [notPossible('/shipment_failure_policy', 'must be undo_order')]),
    ...(policy.lostParcel === 'refund'
      ? []
      : [notPossible('/lost_parcel_policy', 'must be refund')]),
  ];
}

const notPossible = (pointer: string, detail: string): FieldError => ({
  pointer,
  code: 'not_possible_in_choreography',
  detail: `${detail} in a choreographed order`,
});
