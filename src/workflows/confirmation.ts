import { condition, setHandler } from '@temporalio/workflow';
import { codesPerOrder } from '../domain/one-time-code.js';
import type { Journey } from './journey.js';
import { verifyCodeUpdate, type CodeAnswer, type CodeMessage } from './messages.js';
import { demandLegible } from './legible.js';
import { demand } from './refusal.js';

/** The customer's one-time codes, and what he made of them. One message is dealt with at a time. */
export class Confirmation {
  isVerified = false;
  private hasFailed = false;
  private number = 0;
  private tries = 0;
  private isBusy = false;

  constructor(private readonly journey: Journey) {
    const { life, customer } = journey;
    setHandler<CodeAnswer, [CodeMessage], typeof verifyCodeUpdate>(
      verifyCodeUpdate,
      (message) => customer.whileAtWork(() => this.inTurn(() => this.hear(message))),
      {
        validator: (message) => {
          if (!isWish(message)) demandLegible(life, message, 'digest');
          demand(life, 'verifyCode');
        },
        description: 'Confirm the one-time code, or ask for another one',
      },
    );
  }

  get isOver(): boolean {
    return this.isVerified || this.hasFailed;
  }

  async send(): Promise<void> {
    const { life } = this.journey;
    const { codeChannel: channel, serviceLevel } = life.input;
    this.number += 1;
    const payload = { number: this.number, channel, validMs: serviceLevel.code.validMs };
    await life.perform('sendCode', payload, `Send code ${this.number} by ${channel}`);
  }

  private async hear(message: CodeMessage): Promise<CodeAnswer> {
    if (this.isOver) return this.isVerified ? { kind: 'verified' } : { kind: 'no_more_codes' };
    demand(this.journey.life, 'verifyCode');
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
    const verdict = await this.journey.life.perform('checkCode', payload, 'Check the code');
    if (verdict.kind === 'verified') this.isVerified = true;
    if (verdict.kind === 'exhausted' && this.number >= codesPerOrder) this.hasFailed = true;
    return verdict;
  }

  private async inTurn(answer: () => Promise<CodeAnswer>): Promise<CodeAnswer> {
    await condition(() => !this.isBusy);
    this.isBusy = true;
    try {
      return await answer();
    } finally {
      this.isBusy = false;
    }
  }
}

/** For another code. Nobody has looked at the message before. */
const isWish = (message: CodeMessage | null | undefined): message is { readonly resend: true } =>
  typeof message === 'object' && message !== null && 'resend' in message;
