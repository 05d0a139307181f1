import { condition } from '@temporalio/workflow';
import { codesPerOrder } from '../../domain/one-time-code.js';
import { assertAccepted, assertWellFormed, onUpdate } from '../kit/handlers.js';
import type { OrderRecorder } from '../kit/recorder.js';
import { verifyCodeUpdate, type CodeAnswer, type CodeMessage } from '../messages.js';
import type { OrderInbox } from './inbox.js';

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
