import type { Fact } from './facts.js';
import type { RejectionReason } from './rejection.js';

export interface CancelRequest {
  /** An opaque name of who asks. */
  readonly requestedBy: string;
  readonly reason: string;
}

/** Why an order does not go on. */
export type Stop =
  | {
      readonly kind: 'rejected';
      readonly reason: RejectionReason;
      /** The last step has certainly done nothing, so that nothing of it is to be compensated. */
      readonly isNothingDone?: true;
    }
  | { readonly kind: 'cancelled'; readonly request: CancelRequest }
  | { readonly kind: 'failed'; readonly step: string };

/** How an order ends that does not go on. */
export function endOf(stop: Stop): Fact {
  switch (stop.kind) {
    case 'rejected':
      return { type: 'order.rejected', reason: stop.reason };
    case 'cancelled':
      return { type: 'order.cancelled', by: stop.request.requestedBy, reason: stop.request.reason };
    case 'failed':
      return { type: 'order.failed', step: stop.step };
  }
}

/** How an order ends that went on. @param arrived how many of its parcels did */
export const endAfterDelivery = (arrived: number): Fact =>
  arrived > 0 ? { type: 'order.delivered' } : { type: 'order.failed', step: 'delivery' };

/** Who asks, when the workflow is cancelled in Temporal itself. */
export const byTemporal: CancelRequest = {
  requestedBy: 'temporal',
  reason: 'workflow cancelled',
};

/** Whatever the CLI sends along: a cancel is clear without it. */
export function completeRequest(request: unknown): CancelRequest {
  const given = (typeof request === 'object' && request !== null ? request : {}) as Partial<
    Record<keyof CancelRequest, unknown>
  >;
  const textOr = (value: unknown, otherwise: string) =>
    typeof value === 'string' ? value : otherwise;
  return {
    requestedBy: textOr(given.requestedBy, 'operator'),
    reason: textOr(given.reason, 'cancelled by signal'),
  };
}
