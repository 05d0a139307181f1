import type { Stop } from '../../domain/stop.js';
import type { OrderContext } from './context.js';
import { sendMail } from './notification.js';

/** Before any money moves: a person approves, and the customer proves himself, where the order needs it. */
export async function verify(order: OrderContext): Promise<Stop | undefined> {
  const { approval, code } = order.input.verification;
  if (approval.length > 0) {
    const stop = await approve(order, approval);
    if (stop) return stop;
  }
  return code.length > 0 ? verifyCode(order) : undefined;
}

async function approve(order: OrderContext, reasons: readonly string[]): Promise<Stop | undefined> {
  const { recorder, deadlines, inbox, attention } = order;
  const { remindMs, expireMs } = order.input.serviceLevel.approval;
  const isAnswered = () => inbox.approval !== undefined;
  const awaited = 'a person approves the order';
  await recorder.record('approval', [{ type: 'approval.requested', reasons }]);
  recorder.publish();
  if (!(await deadlines.waitFor(isAnswered, { awaited, limitMs: remindMs }))) {
    await recorder.record('approval-reminder', [{ type: 'approval.reminded' }]);
    const limitMs = expireMs - remindMs;
    const until = new Date(Date.now() + limitMs).toISOString();
    sendMail(order, 'approval_reminder', { data: { reasons, until } });
    const item = await attention.raise('approval_overdue', 'order', order.input.total);
    await deadlines.waitFor(isAnswered, { awaited, limitMs });
    await attention.close(item);
  }
  return recordApproval(order);
}

async function recordApproval({ recorder, inbox }: OrderContext): Promise<Stop | undefined> {
  const { approval } = inbox;
  if (approval === undefined) {
    await recorder.record('approval-answer', [{ type: 'approval.expired' }]);
    return { kind: 'rejected', reason: 'approval_expired' };
  }
  const { by, reason, decision } = approval;
  if (decision === 'approve') {
    await recorder.record('approval-answer', [{ type: 'order.approved', by, reason }]);
    return undefined;
  }
  await recorder.record('approval-answer', [{ type: 'approval.refused', by, reason }]);
  return { kind: 'rejected', reason: 'not_approved' };
}

async function verifyCode(order: OrderContext): Promise<Stop | undefined> {
  const { recorder, deadlines, inbox, code } = order;
  await code.send();
  recorder.publish();
  const wait = {
    awaited: 'the customer enters the one-time code',
    limitMs: order.input.serviceLevel.code.expireMs,
  };
  await deadlines.waitFor(() => code.isOver, wait);
  // A code that came in time counts, also when its check ends a moment later.
  await inbox.allHandled();
  return code.isVerified ? undefined : { kind: 'rejected', reason: 'code_not_confirmed' };
}
