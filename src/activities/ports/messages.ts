import type { OrderId } from '../../domain/ids.js';
import type { CodeVerdict } from '../../domain/one-time-code.js';
import type { MailTemplate } from '../mails/mail.js';

export interface Mail {
  readonly orderId: OrderId;
  readonly template: MailTemplate;
  /** What tells mails of one template apart: a shipment, a return, a number. */
  readonly sequence?: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /**
   * Hands the mail to the mail server. The Message-ID is the same for the same order, template,
   * sequence and recipient.
   */
  send(mail: Mail): Promise<void>;
}

export interface TextMessage {
  readonly orderId: OrderId;
  readonly template: 'one_time_code';
  readonly sequence: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

export interface Texter {
  send(message: TextMessage): Promise<void>;
}

interface IssuedCode {
  /** Six digits. They go to the customer and nowhere else. */
  readonly code: string;
  /** What tells the messages with an order's codes apart; another one for each code. */
  readonly sequence: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

export interface Codes {
  /** Makes the order's n-th code; called again, another one under the same number. */
  issue(orderId: OrderId, number: number, validMs: number): Promise<IssuedCode>;
  /**
   * Counts a try, once for each try number: the same one has one answer.
   * @throws ProviderRefused when there is no such code
   */
  check(request: {
    readonly orderId: OrderId;
    readonly number: number;
    /** Counted by the workflow over all codes of the order. */
    readonly tryNumber: number;
    /** As the API made it of the code that the customer gave. */
    readonly digest: string;
  }): Promise<CodeVerdict>;
}
