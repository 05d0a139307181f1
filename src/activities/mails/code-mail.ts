import type { OrderId } from '../../domain/ids.js';
import { paragraphs, type Content } from './content.js';
import { byDeadline } from './mail-context.js';

export const oneTimeCode = (orderId: OrderId, code: string, until: string): Content => ({
  // The code is not in the subject: a locked phone shows subjects.
  subject: `Your code for order ${orderId}`,
  headline: 'Your code',
  blocks: [
    ...paragraphs('Please confirm your order with this code:'),
    { kind: 'code', code },
    ...paragraphs(
      byDeadline(until, (time) => `It is valid until ${time}, and only the newest code counts.`),
      'We never ask for it by mail or on the phone. If you have not ordered anything, please ' +
        'forget this mail: without the code nothing is sent and nothing is charged.',
    ),
  ],
});

/** Fits one text message of 160 characters, for shop names of up to 20. */
export const codeText = (shopName: string, orderId: OrderId, code: string): string =>
  `${code} is your code for order ${orderId}. Only the newest code counts. Tell it to nobody. ${shopName}`;
