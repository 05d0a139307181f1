import { rejected, type Journey, type Stop } from '../journey.js';

/** Before any money moves: a person approves, and the customer proves himself, where the order needs it. */
export async function verify(journey: Journey): Promise<Stop | undefined> {
  const { approval, code } = journey.life.input.verification;
  if (approval.length > 0) {
    const stop = await approve(journey, approval);
    if (stop) return stop;
  }
  return code.length > 0 ? confirmCode(journey) : undefined;
}

async function approve(journey: Journey, reasons: readonly string[]): Promise<Stop | undefined> {
  const { life, deadlines, customer, attention, sideSteps } = journey;
  const { remindMs, expireMs } = life.input.serviceLevel.approval;
  const isAnswered = () => customer.approval !== undefined;
  await life.record('approval', [{ type: 'approval.requested', reasons }]);
  life.publish();
  if (!(await deadlines.until(isAnswered, remindMs))) {
    await life.record('approval-reminder', [{ type: 'approval.reminded' }]);
    const until = new Date(Date.now() + expireMs - remindMs).toISOString();
    sideSteps.mail('approval_reminder', { data: { reasons, until } });
    const item = await attention.raise('approval_overdue', 'order', life.input.total);
    await deadlines.until(isAnswered, expireMs - remindMs);
    await attention.close(item);
  }
  return settleApproval(journey);
}

async function settleApproval({ life, customer }: Journey): Promise<Stop | undefined> {
  const { approval } = customer;
  if (approval === undefined) {
    await life.record('approval-answer', [{ type: 'approval.expired' }]);
    return rejected('approval_expired');
  }
  const { by, reason, decision } = approval;
  if (decision === 'approve') {
    await life.record('approval-answer', [{ type: 'order.approved', by, reason }]);
    return undefined;
  }
  await life.record('approval-answer', [{ type: 'approval.refused', by, reason }]);
  return rejected('not_approved');
}

async function confirmCode(journey: Journey): Promise<Stop | undefined> {
  const { life, deadlines, customer, confirmation } = journey;
  await confirmation.send();
  life.publish();
  const { expireMs } = life.input.serviceLevel.code;
  await deadlines.until(() => confirmation.isOver, expireMs);
  // A code that came in time counts, also when its check ends a moment later.
  await customer.settled();
  return confirmation.isVerified ? undefined : rejected('code_not_confirmed');
}
