import {
  allTheWay,
  arrived,
  charged,
  confirmed,
  correctedAddress,
  deliveredOrder,
  homeAddress,
  nowhere,
  packed,
  placed,
  placedMail,
  reserved,
} from './described.js';
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';

async function paymentOf(order: PlacedOrder, factType: string): Promise<string> {
  return String((await order.fact(factType))['payment_id']);
}

const paidAndSent = [...confirmed(), ...packed(), ...arrived];

export const paymentExamples: readonly Example[] = [
  {
    name: 'declined-then-paid',
    summary: 'a card is declined, and another one pays',
    story:
      'The stock is held while the customer looks for another card. It is one order, one hold and one charge.',
    order: { payment_method: 'pm_card_visa_chargeDeclined' },
    until: ['payment.method_requested'],
    steps: (order) =>
      order.send('retry-payment', { payment_method: 'pm_card_mastercard', by: 'customer' }),
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
      payments: ['decline 17.80 EUR', ...charged()],
    }),
  },
  {
    name: 'three-d-secure',
    summary: 'the bank asks the customer, who confirms',
    story:
      "The order waits for the bank's decision, which comes as a signed webhook. The sandbox plays the customer who confirms.",
    order: { payment_method: 'pm_card_authenticationRequired' },
    steps: async (order) => {
      const paymentId = await paymentOf(order, 'payment.action_required');
      await order.stack.control(`/payments/${paymentId}/authenticate`, { outcome: 'succeed' });
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
    order: { payment_method: 'pm_card_authenticationRequired', service_level: 'demo' },
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
    order: nowhere,
    steps: async (order) => {
      const paymentId = await paymentOf(order, 'payment.authorized');
      await order.fact('address.fix_requested');
      await order.stack.control(`/payments/${paymentId}/expire`, {});
      await order.send('change-address', homeAddress);
    },
    expected: deliveredOrder({
      line: [
        placed,
        reserved,
        ...confirmed(),
        ...correctedAddress,
        'shipment.created',
        'payment.authorization_expired',
        'payment.authorized 17.80 EUR',
        'payment.captured 17.80 EUR',
        ...arrived,
      ],
      alsoBeside: ['mail.sent address_needed'],
      payments: ['authorize 17.80 EUR', 'void 17.80 EUR', ...charged()],
    }),
  },
  {
    name: 'chargeback',
    summary: 'the cardholder disputes the payment at the bank: work for a person',
    story:
      'The webhook of the dispute becomes an attention item for the payments team. The order itself stays as it is.',
    steps: async (order) => {
      const paymentId = await paymentOf(order, 'payment.authorized');
      await order.fact('order.delivered');
      await order.stack.control(`/payments/${paymentId}/dispute`, {});
      await order.resolve('payment_disputed', 'mark_done');
    },
    expected: deliveredOrder({
      line: [
        placed,
        ...allTheWay(),
        'payment.disputed 17.80 EUR',
        'attention.raised payment_disputed',
        'attention.resolved payment_disputed mark_done',
      ],
    }),
  },
];
