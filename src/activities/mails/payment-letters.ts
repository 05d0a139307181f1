import { formatMoney } from '../../domain/money.js';
import { pickedGoods } from './goods.js';
import { detailList, paragraphs, type Content } from './letter.js';
import { amountOf, byDeadline, orderLink, type Matter } from './matter.js';

export const paymentConfirmationNeeded = (matter: Matter): Content => ({
  subject: `Please confirm the payment of your order ${matter.order.orderId}`,
  headline: 'Please confirm your payment',
  blocks: [
    ...paragraphs(
      'Your bank wants to be sure that it is you who pays. Please confirm the payment with your bank.',
      byDeadline(
        matter.data.until,
        (time) => `Your goods are set aside until ${time}. After that the order ends, at no cost.`,
      ),
    ),
    ...detailList(['To pay', due(matter)]),
    ...orderLink(matter, 'Confirm the payment'),
  ],
});

export const paymentMethodNeeded = (matter: Matter): Content => ({
  subject: `Your payment was declined: order ${matter.order.orderId}`,
  headline: 'Your payment was declined',
  blocks: [
    ...paragraphs(
      'Your bank declined the payment, and nothing was charged. Please choose another card or ' +
        'another way to pay.',
      byDeadline(
        matter.data.until,
        (time) => `Your goods are set aside until ${time}. After that the order ends, at no cost.`,
      ),
    ),
    ...detailList(['To pay', due(matter)]),
    ...orderLink(matter, 'Choose how to pay'),
  ],
});

/** For a part of an order that will not be sent: paid back, or never charged. */
export const refunded = (matter: Matter): Content =>
  matter.data.payment === 'voided' ? notCharged(matter) : paidBack(matter);

const paidBack = (matter: Matter): Content => ({
  subject: `We have paid you back: order ${matter.order.orderId}`,
  headline: 'We have paid you back',
  blocks: [
    ...paragraphs(
      'The money goes to the card or account that you paid with. Your bank can take up to 10 ' +
        'days to show it.',
    ),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(['Paid back', amountOf(matter)]),
    ...orderLink(matter),
  ],
});

const notCharged = (matter: Matter): Content => ({
  subject: `A part of your order ${matter.order.orderId} will not come`,
  headline: 'A part of your order will not come',
  blocks: [
    ...paragraphs(
      'We are sorry: we could not send a part of your order. You do not pay for it; the rest is ' +
        'not touched.',
    ),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(['Not charged', amountOf(matter)]),
    ...orderLink(matter),
  ],
});

const due = ({ order, data }: Matter): string => formatMoney(data.amount ?? order.total);
