import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { SkuQuantity } from '../domain/facts.js';
import { totalOf } from '../domain/money.js';
import type { RefundShare } from '../domain/refund-shares.js';
import type { Settlement } from '../domain/returnable.js';
import {
  acceptedUnits,
  approvalOverdue,
  approvedByPolicy,
  restockedUnits,
  unitsOf,
  type Inspection,
} from '../domain/returns.js';
import type { ReturnInput, ReturnSummary } from './messages.js';
import { ReturnInbox } from './return/inbox.js';
import { ReturnRecorder } from './return/recorder.js';

/** The biography of one return, from asked for to paid back, or refused, or never sent. */
export async function returnGoods(input: ReturnInput): Promise<ReturnSummary> {
  const recorder = new ReturnRecorder(input);
  const inbox = new ReturnInbox(recorder);
  return CancellationScope.nonCancellable(() => run(recorder, inbox));
}

async function run(recorder: ReturnRecorder, inbox: ReturnInbox): Promise<ReturnSummary> {
  if (await approve(recorder, inbox)) {
    await sendLabel(recorder);
    const inspection = await inbox.inTime('inspection', {
      awaited: 'the goods come back',
      limitMs: recorder.input.limits.arriveMs,
    });
    if (inspection === undefined) await expire(recorder);
    else await giveBack(recorder, inspection);
  }
  await recorder.mailsSent();
  await condition(allHandlersFinished);
  return recorder.summary();
}

async function approve(recorder: ReturnRecorder, inbox: ReturnInbox): Promise<boolean> {
  const { returnId, lines, approval, limits } = recorder.input;
  const wait = { awaited: 'a person decides about the return', limitMs: limits.approveMs };
  const { decision, by, reason } =
    approval.length === 0
      ? approvedByPolicy
      : ((await inbox.inTime('approval', wait)) ?? approvalOverdue);
  if (decision === 'approve') {
    await recorder.record('approve', [{ type: 'return.approved', returnId, by }]);
    return true;
  }
  await recorder.record('refuse', [{ type: 'return.refused', returnId, by, reason }]);
  recorder.mail('return_refused', { lines: unitsOf(lines), reasons: [reason] });
  return false;
}

async function sendLabel(recorder: ReturnRecorder): Promise<void> {
  const lines = unitsOf(recorder.input.lines);
  const label = await recorder.runUntilDone('createReturnLabel', { lines }, 'buy a return label');
  const until = new Date(Date.now() + recorder.input.limits.arriveMs).toISOString();
  const { carrier, trackingNumber } = label.kind === 'bought' ? label : {};
  recorder.mail('return_approved', { lines, until, carrier, trackingNumber });
}

const expire = (recorder: ReturnRecorder): Promise<void> =>
  recorder.record('expire', [{ type: 'return.expired', returnId: recorder.input.returnId }]);

/** What follows from the inspection goes side by side: none waits for another that is stuck. */
async function giveBack(recorder: ReturnRecorder, inspection: Inspection): Promise<void> {
  const { returnId } = recorder.input;
  const settlement = await recorder.runUntilDone(
    'inspectReturn',
    inspection,
    'decide what is refunded',
  );
  const accepted = acceptedUnits(inspection);
  await Promise.all([
    ...settlement.refunds.map((share, index) => refund(recorder, share, index + 1)),
    restock(recorder, inspection),
    revokePoints(recorder, settlement),
    placeExchange(recorder, accepted),
  ]);
  await recorder.record('complete', [
    { type: 'return.completed', returnId },
    ...(settlement.isEverythingBack ? [{ type: 'order.returned' } as const] : []),
  ]);
  recorder.mail('return_completed', {
    amount: totalOf(settlement.refunds, recorder.input.lines[0]?.amount.currency ?? 'EUR'),
    ...(accepted.length > 0 && { lines: accepted }),
  });
}

const refund = (recorder: ReturnRecorder, share: RefundShare, number: number) =>
  recorder.runUntilDone('refundReturn', { ...share, number }, 'pay back', {
    subject: String(number),
    exposure: share.amount,
  });

async function restock(recorder: ReturnRecorder, inspection: Inspection): Promise<void> {
  const lines = restockedUnits(inspection);
  if (lines.length > 0) await recorder.runUntilDone('restockReturn', { lines }, 'restock');
}

async function revokePoints(recorder: ReturnRecorder, { points }: Settlement): Promise<void> {
  if (!recorder.input.member || points === 0) return;
  await recorder.runUntilDone('revokePartOfPoints', { points }, `take ${points} points back`);
}

async function placeExchange(
  recorder: ReturnRecorder,
  accepted: readonly SkuQuantity[],
): Promise<void> {
  if (recorder.input.kind !== 'exchange' || accepted.length === 0) return;
  await recorder.runUntilDone('placeExchange', {}, 'order the same goods again');
}
