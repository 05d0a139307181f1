import { formatMoney } from '../../domain/money.js';
import { pickedGoods } from './goods.js';
import { detailList, paragraphs, type Content } from './content.js';
import { amountOf, byDeadline, orderLink, type MailContext } from './mail-context.js';

export const paymentConfirmationNeeded = (context: MailContext): Content => ({
  subject: `Please confirm the payment of your order ${context.order.orderId}`,
  headline: 'Please confirm your payment',
  blocks: [
    ...paragraphs(
      'Your bank wants to be sure that it is you who pays. Please confirm the payment with your bank.',
      byDeadline(
        context.data.until,
        (time) => `Your goods are set aside until ${time}. After that the order ends, at no cost.`,
      ),
    ),
    ...detailList(['To pay', due(context)]),
    ...orderLink(context, 'Confirm the payment'),
  ],
});

export const paymentMethodNeeded = (context: MailContext): Content => ({
  subject: `Your payment was declined: order ${context.order.orderId}`,
  headline: 'Your payment was declined',
  blocks: [
    ...paragraphs(
      'Your bank declined the payment, and nothing was charged. Please choose another card or ' +
        'another way to pay.',
      byDeadline(
        context.data.until,
        (time) => `Your goods are set aside until ${time}. After that the order ends, at no cost.`,
      ),
    ),
    ...detailList(['To pay', due(context)]),
    ...orderLink(context, 'Choose how to pay'),
  ],
});

/** For a part of an order that will not be sent: paid back, or never charged. */
export const refunded = (context: MailContext): Content =>
  context.data.payment === 'voided' ? notCharged(context) : paidBack(context);

const paidBack = (context: MailContext): Content => ({
  subject: `We have paid you back: order ${context.order.orderId}`,
  headline: 'We have paid you back',
  blocks: [
    ...paragraphs(
      'The money goes to the card or account that you paid with. Your bank can take up to 10 ' +
        'days to show it.',
    ),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(['Paid back', amountOf(context)]),
    ...orderLink(context),
  ],
});

const notCharged = (context: MailContext): Content => ({
  subject: `A part of your order ${context.order.orderId} will not come`,
  headline: 'A part of your order will not come',
  blocks: [
    ...paragraphs(
      'We are sorry: we could not send a part of your order. You do not pay for it; the rest is ' +
        'not touched.',
    ),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(['Not charged', amountOf(context)]),
    ...orderLink(context),
  ],
});

const due = ({ order, data }: MailContext): string => formatMoney(data.amount ?? order.total);
