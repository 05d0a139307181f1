import { condition } from '@temporalio/workflow';
import { codesPerOrder } from '../../domain/one-time-code.js';
import type { Stop } from '../../domain/stop.js';
import { assertAccepted, assertWellFormed, onUpdate } from '../kit/handlers.js';
import type { OrderRecorder } from '../kit/recorder.js';
import { verifyCodeUpdate, type CodeAnswer, type CodeMessage } from '../messages.js';
import type { OrderContext } from './context.js';
import type { OrderInbox } from './inbox.js';
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
  const isAnswered = () => inbox.answers.approval !== undefined;
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
  const { approval } = inbox.answers;
  if (approval === undefined) {
    await recorder.record('approval-answer', [{ type: 'approval.expired' }]);
    return { kind: 'rejected', reason: 'approval_expired' };
  }
  const { by, reason, decision } = approval;
  if (decision === 'approve') {
    await recorder.record('approval-answer', [{ type: 'order.approved', by, reason }]);
    inbox.confirm(approval);
    return undefined;
  }
  await recorder.record('approval-answer', [{ type: 'approval.refused', by, reason }]);
  inbox.confirm(approval);
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

/** The customer's one-time codes, and what became of them. One message is dealt with at a time. */
export class CodeVerification {
  isVerified = false;
  private hasFailed = false;
  private number = 0;
  private tries = 0;
  private isBusy = false;

  constructor(
    private readonly recorder: OrderRecorder,
    inbox: OrderInbox,
  ) {
    onUpdate(verifyCodeUpdate, 'Confirm the one-time code, or ask for another one', {
      check: (message) => {
        if (!isResend(message)) assertWellFormed(recorder, message, { digest: 'text' });
        assertAccepted(recorder, 'verifyCode');
      },
      handle: (message) => inbox.handle(() => this.oneAtATime(() => this.receive(message))),
    });
  }

  /** Whether no further code is to be waited for. */
  get isOver(): boolean {
    return this.isVerified || this.hasFailed;
  }

  async send(): Promise<void> {
    const { codeChannel: channel, serviceLevel } = this.recorder.input;
    this.number += 1;
    const payload = { number: this.number, channel, validMs: serviceLevel.code.validMs };
    await this.recorder.perform('sendCode', payload, `Send code ${this.number} by ${channel}`);
  }

  private async receive(message: CodeMessage): Promise<CodeAnswer> {
    if (this.isOver) return this.isVerified ? { kind: 'verified' } : { kind: 'no_more_codes' };
    assertAccepted(this.recorder, 'verifyCode');
    if ('resend' in message) return this.resend();
    return this.check(message.digest);
  }

  private async resend(): Promise<CodeAnswer> {
    if (this.number >= codesPerOrder) return { kind: 'no_more_codes' };
    await this.send();
    return { kind: 'sent' };
  }

  private async check(digest: string): Promise<CodeAnswer> {
    this.tries += 1;
    const payload = { number: this.number, tryNumber: this.tries, digest };
    const verdict = await this.recorder.perform('checkCode', payload, 'Check the code');
    if (verdict.kind === 'verified') this.isVerified = true;
    if (verdict.kind === 'exhausted' && this.number >= codesPerOrder) this.hasFailed = true;
    return verdict;
  }

  private async oneAtATime(work: () => Promise<CodeAnswer>): Promise<CodeAnswer> {
    await condition(() => !this.isBusy);
    this.isBusy = true;
    try {
      return await work();
    } finally {
      this.isBusy = false;
    }
  }
}

/** Asks for another code. Nobody has looked at the message before. */
const isResend = (message: CodeMessage | null | undefined): message is { readonly resend: true } =>
  typeof message === 'object' && message !== null && 'resend' in message;
