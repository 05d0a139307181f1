import {
  allTheWay,
  approval,
  deliveredOrder,
  large,
  largeLines,
  placed,
  placedMail,
  rejectedUnpaid,
} from './described.js';
import type { Example } from './player/example.js';

const abroad = { billing_country: 'FR' };

const asked = [`order.placed ${large.amount}`, 'approval.requested large_amount'];

export const verificationExamples: readonly Example[] = [
  {
    name: 'approval',
    summary: 'a large order waits for a person, who approves it',
    story:
      'Twenty-four teapots cost 1,008.00 EUR, and an order of 1,000.00 EUR or more waits for a person before any money moves; so does one by a customer or a card with too many orders within an hour.',
    order: largeLines,
    until: ['approval.requested'],
    steps: (order) => order.send('approve', approval),
    expected: deliveredOrder({
      ...large,
      line: [...asked, 'order.approved ops-7', ...allTheWay(large.amount)],
    }),
  },
  {
    name: 'rejected-by-a-person',
    summary: 'a person says no, and no money was touched',
    story: 'The same order; the person says no. Nothing has to be compensated.',
    order: largeLines,
    until: ['approval.requested'],
    steps: (order) => order.send('reject', { reason: 'does not look right', by: 'ops-7' }),
    expected: {
      ...rejectedUnpaid,
      line: [...asked, 'approval.refused ops-7', 'order.rejected not_approved'],
      beside: [placedMail, 'cancellation.sent'],
    },
  },
  {
    name: 'approval-expired',
    summary: 'nobody decides: a reminder, an item for the staff, then the end',
    story:
      'After 2 seconds (4 hours in the standard level) the staff get a mail and an attention item, after 6 the order ends.',
    order: { ...largeLines, service_level: 'demo' },
    expected: {
      ...rejectedUnpaid,
      line: [
        ...asked,
        'approval.reminded',
        'attention.raised approval_overdue',
        'attention.resolved approval_overdue',
        'approval.expired',
        'order.rejected approval_expired',
      ],
      beside: [placedMail, 'mail.sent approval_reminder', 'cancellation.sent'],
    },
  },
  {
    name: 'one-time-code',
    summary: 'the customer enters a code from a mail, after a wrong try',
    story:
      'The card comes from France and the goods go to Germany: the customer proves that the mail address is theirs. The code is in the inbox; a wrong code costs a try.',
    order: abroad,
    until: ['code.sent'],
    steps: async (order) => {
      const code = await order.code();
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
      await order.expectRefusal('verify', { code: wrong }, 'code_wrong');
      await order.send('verify', { code });
    },
    expected: deliveredOrder({
      line: [placed, 'code.sent email', 'code.refused wrong', 'code.verified', ...allTheWay()],
    }),
  },
  {
    name: 'text-message-code',
    summary: 'the code comes by text message',
    story: 'The same, with `"confirm_by": "sms"`. The text message is in the inbox too.',
    order: { ...abroad, confirm_by: 'sms' },
    until: ['code.sent'],
    steps: async (order) => order.send('verify', { code: await order.code() }),
    expected: deliveredOrder({ line: [placed, 'code.sent sms', 'code.verified', ...allTheWay()] }),
  },
];
