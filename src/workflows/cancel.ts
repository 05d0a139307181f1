import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { isEnded } from '../domain/order-state.js';
import { isAccepted } from '../domain/steering.js';
import type { Journey } from './journey.js';
import { demandLegible } from './legible.js';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
  type CancelRequest,
  type OrderSummary,
} from './messages.js';

/** One cancel path, by update with an answer or by signal without one. */
export function acceptCancels(journey: Journey): void {
  const { life } = journey;

  setHandler<OrderSummary, [CancelRequest], typeof cancelOrderUpdate>(
    cancelOrderUpdate,
    (request) =>
      CancellationScope.nonCancellable(async () => {
        journey.cancel(request);
        await condition(() => isEnded(life.state));
        return life.summary();
      }),
    {
      validator: (request) => {
        demandLegible(life, request, 'requestedBy', 'reason');
        refuseTooLate(journey);
      },
      description: 'Cancel, and hear how it ended',
    },
  );

  setHandler(cancelSignal, (request) =>
    CancellationScope.nonCancellable(async () => {
      const asked = complete(request);
      if (isCancellable(journey)) journey.cancel(asked);
      else await recordRefusal(journey, asked);
    }),
  );
}

/** From the hand-over on, and once the order is being undone for another reason, it is too late. */
function isCancellable({ life, tracking, cancelRequest }: Journey): boolean {
  if (life.isStopped || life.state.stage === 'undo') return cancelRequest !== undefined;
  return isAccepted(life.state, 'cancelOrder') && !tracking.hasAnyLeft;
}

function refuseTooLate(journey: Journey): void {
  if (isCancellable(journey)) return;
  const summary = journey.life.summary();
  throw ApplicationFailure.create({
    type: cancelRefusedType,
    message: `The order is ${summary.status} and can no longer be cancelled`,
    nonRetryable: true,
    details: [summary],
  });
}

async function recordRefusal({ life }: Journey, { requestedBy }: CancelRequest): Promise<void> {
  await life.record(`cancel-refused:${requestedBy}:${life.state.status}`, [
    { type: 'order.cancel_refused', by: requestedBy, status: life.state.status },
  ]);
}

/** Whatever the CLI sends along: a cancel is clear without it. */
const complete = (request: Partial<CancelRequest> | null = {}): CancelRequest => ({
  requestedBy: request?.requestedBy ?? 'operator',
  reason: request?.reason ?? 'cancelled by signal',
});
