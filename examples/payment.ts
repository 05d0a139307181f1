import {
  allTheWay,
  arrived,
  charged,
  confirmed,
  correctedAddress,
  deliveredOrder,
  packed,
  placed,
  placedMail,
  reserved,
  usual,
  homeAddress,
  nowhere,
} from './described.js';
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';

async function paymentOf(order: PlacedOrder, factType: string): Promise<string> {
  return String((await order.fact(factType))['payment_id']);
}

const paidAndSent = [...confirmed(usual.amount), ...packed(usual.amount), ...arrived];

export const paymentExamples: readonly Example[] = [
  {
    name: 'declined-then-paid',
    summary: 'a card is declined, and another one pays',
    story:
      'The stock is held while the customer looks for another card. It is one order, one hold and one charge.',
    play: async (stack) => {
      const order = await stack.place(
        { payment_method: 'pm_card_visa_chargeDeclined' },
        'payment.method_requested',
      );
      await order.send('retry-payment', { payment_method: 'pm_card_mastercard', by: 'customer' });
      return order;
    },
    expected: deliveredOrder({
      line: [
        placed,
        reserved,
        'payment.declined generic_decline',
        'payment.method_requested',
        'payment.method_changed',
        ...paidAndSent,
      ],
      alsoBeside: ['mail.sent payment_method_needed'],
      payments: [`decline ${usual.amount}`, ...charged(usual.amount)],
    }),
  },
  {
    name: 'three-d-secure',
    summary: 'the bank asks the customer, who confirms',
    story:
      "The order waits for the bank's decision, which comes as a signed webhook. The sandbox plays the customer who confirms.",
    play: async (stack) => {
      const order = await stack.place({ payment_method: 'pm_card_authenticationRequired' });
      const paymentId = await paymentOf(order, 'payment.action_required');
      await stack.control(`/payments/${paymentId}/authenticate`, { outcome: 'succeed' });
      return order;
    },
    expected: deliveredOrder({
      line: [placed, reserved, 'payment.action_required', ...paidAndSent],
      alsoBeside: ['mail.sent payment_confirmation_needed'],
    }),
  },
  {
    name: 'three-d-secure-unanswered',
    summary: 'the bank asks the customer, who does not answer',
    story:
      'After 6 seconds (1 hour in the standard level) the order gives up: the payment is cancelled at the provider, so that a late confirmation cannot charge the customer, and the stock is released.',
    play: (stack) =>
      stack.place({
        payment_method: 'pm_card_authenticationRequired',
        service_level: 'demo',
      }),
    expected: {
      status: 'rejected',
      payment_status: 'voided',
      fulfillment_status: 'none',
      line: [
        placed,
        reserved,
        'payment.action_required',
        'compensation.started rejected',
        'payment.voided',
        'inventory.released',
        'order.rejected payment_not_confirmed',
      ],
      beside: [placedMail, 'mail.sent payment_confirmation_needed', 'cancellation.sent'],
      payments: [],
    },
  },
  {
    name: 'authorization-expired',
    summary: 'an authorization runs out while the order waits, and a new one takes its place',
    story:
      'The carrier refuses the address, and while the order waits for another one its authorization runs out. The capture finds that out, the money is authorized once more, and it is taken once.',
    play: async (stack) => {
      const order = await stack.place(nowhere);
      const paymentId = await paymentOf(order, 'payment.authorized');
      await order.fact('address.fix_requested');
      await stack.control(`/payments/${paymentId}/expire`, {});
      await order.send('change-address', homeAddress);
      return order;
    },
    expected: deliveredOrder({
      line: [
        placed,
        reserved,
        ...confirmed(usual.amount),
        ...correctedAddress,
        'shipment.created',
        'payment.authorization_expired',
        `payment.authorized ${usual.amount}`,
        `payment.captured ${usual.amount}`,
        ...arrived,
      ],
      alsoBeside: ['mail.sent address_needed'],
      payments: [`authorize ${usual.amount}`, `void ${usual.amount}`, ...charged(usual.amount)],
    }),
  },
  {
    name: 'chargeback',
    summary: 'the cardholder disputes the payment at the bank: work for a person',
    story:
      'The webhook of the dispute becomes an attention item for the payments team. The order itself stays as it is.',
    play: async (stack) => {
      const order = await stack.place();
      const paymentId = await paymentOf(order, 'payment.authorized');
      await order.fact('order.delivered');
      await stack.control(`/payments/${paymentId}/dispute`, {});
      await order.resolve('payment_disputed', 'mark_done');
      return order;
    },
    expected: deliveredOrder({
      line: [
        placed,
        ...allTheWay(usual.amount),
        `payment.disputed ${usual.amount}`,
        'attention.raised payment_disputed',
        'attention.resolved payment_disputed mark_done',
      ],
    }),
  },
];
