import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { CodeVerdict } from '../domain/one-time-code.js';
import { retryable } from './error-classification.js';
import { orderMail } from './mails/mail.js';
import type { OrderDetails, Ports } from './ports.js';
import { recordOutcome, type Step, type StepResult } from './step.js';
import { ProviderRefused } from '../domain/failures.js';

export interface SendCode extends Step {
  /** 1 for the order's first code. */
  readonly number: number;
  readonly channel: 'email' | 'sms';
  readonly validMs: number;
}

export interface CheckCode extends Step {
  /** The code that was sent last. */
  readonly number: number;
  /** Counted over all codes of the order. */
  readonly tryNumber: number;
  /** As the API made it of the code that the customer gave. */
  readonly digest: string;
}

/** The code itself stays between the database, the mail and the customer: no history ever holds it. */
export const oneTimeCodeActivities = ({
  codes,
  mailer,
  texter,
  orders,
  journal,
  shop,
}: Pick<Ports, 'codes' | 'mailer' | 'texter' | 'orders' | 'journal' | 'shop'>) => ({
  /** Tried again, it sends another code under the same number, and the earlier one is void. */
  sendCode: retryable(async (step: SendCode): Promise<StepResult<null>> => {
    const { orderId, number, channel, validMs } = step;
    const order = await orders.find(orderId);
    const { code, sequence, expiresAt } = await codes.issue(orderId, number, validMs);
    if (channel === 'email') {
      const context = { order, shop, code, data: { until: expiresAt } };
      await mailer.send(orderMail('one_time_code', context, sequence));
    } else {
      const text = codeText(shop.name, orderId, code);
      await texter.send({ orderId, template: 'one_time_code', sequence, to: phoneOf(order), text });
    }
    const fact = { type: 'code.sent', channel, number } as const;
    return recordOutcome(journal, step, `sendCode:${number}`, null, [fact]);
  }),

  checkCode: retryable(async (step: CheckCode): Promise<StepResult<CodeVerdict>> => {
    const { orderId, number, tryNumber, digest } = step;
    const verdict = await codes.check({ orderId, number, tryNumber, digest });
    return recordOutcome(journal, step, `checkCode:${tryNumber}`, verdict, [factOf(verdict)]);
  }),
});

/** Fits one text message of 160 characters, for shop names of up to 20. */
export const codeText = (shopName: string, orderId: OrderId, code: string): string =>
  `${code} is your code for order ${orderId}. Only the newest code counts. Tell it to nobody. ${shopName}`;

function phoneOf({ orderId, customer }: OrderDetails): string {
  if (customer.phone === undefined) throw new ProviderRefused(`${orderId} has no phone number`);
  return customer.phone;
}

function factOf(verdict: CodeVerdict): Fact {
  switch (verdict.kind) {
    case 'verified':
      return { type: 'code.verified' };
    case 'wrong':
      return { type: 'code.refused', why: 'wrong', triesLeft: verdict.triesLeft };
    case 'expired':
      return { type: 'code.refused', why: 'expired', triesLeft: 0 };
    case 'exhausted':
      return { type: 'code.exhausted' };
  }
}
