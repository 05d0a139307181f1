import { formatMoney } from '../../domain/money.js';
import { riskRules } from '../../domain/risk.js';
import { pickedGoods, pricedGoods } from './goods.js';
import { detailList, paragraphs, type Content } from './content.js';
import { byDeadline, orderLink, timeOf, type MailContext } from './mail-context.js';

export const orderPlaced = (context: MailContext): Content => ({
  subject: `We have your order ${context.order.orderId}`,
  headline: 'We have your order',
  blocks: [
    ...paragraphs(
      'Thank you. We are checking your order and tell you as soon as it is confirmed.',
      byDeadline(context.data.until, (time) => `You hear from us by ${time} at the latest.`),
    ),
    pricedGoods(context.order),
    ...orderLink(context),
  ],
});

export const orderConfirmation = (context: MailContext): Content => ({
  subject: `Your order ${context.order.orderId} is confirmed`,
  headline: 'Your order is confirmed',
  blocks: [
    ...paragraphs(
      'Thank you. Your goods are set aside and your bank has approved the payment. ' +
        'You pay when the parcel leaves the house.',
    ),
    pricedGoods(context.order, context.data.lines),
    ...orderLink(context),
  ],
});

export const orderReduced = (context: MailContext): Content => {
  const { order, data } = context;
  return {
    subject: `Your order ${order.orderId} goes on with fewer goods`,
    headline: 'Your order goes on with fewer goods',
    blocks: [
      ...paragraphs('We are sorry: these goods will not come, and you do not pay for them.'),
      ...pickedGoods(order, data.lines),
      ...paragraphs('Everything else comes as you ordered it.'),
      ...detailList(['New total', formatMoney(data.amount ?? order.total)]),
      ...orderLink(context),
    ],
  };
};

export const addressNeeded = (context: MailContext): Content => ({
  subject: `Please check the address of your order ${context.order.orderId}`,
  headline: 'Please check your address',
  blocks: [
    ...paragraphs(
      'The carrier cannot deliver to the address that you gave us. Please correct it, and your ' +
        'parcel goes on at once.',
      byDeadline(
        context.data.until,
        (time) => `We wait until ${time}. After that we cannot send these goods.`,
      ),
    ),
    ...orderLink(context, 'Correct the address'),
  ],
});

/** For the shop's staff: no name and no address of the buyer. */
export const approvalReminder = (context: MailContext): Content => {
  const { order, data } = context;
  return {
    subject: `Order ${order.orderId} waits for your approval`,
    headline: 'An order waits for your approval',
    blocks: [
      ...paragraphs(
        'Please approve or reject this order. If nobody does, it is rejected.',
        ...(data.reasons ?? []).map(explained),
      ),
      ...detailList(
        ['Total', formatMoney(order.total)],
        ['Rejected after', data.until === undefined ? undefined : timeOf(data.until)],
      ),
      ...orderLink(context, 'See the order'),
    ],
  };
};

const explained = (reason: string): string =>
  Object.entries(riskRules).find(([name]) => name === reason)?.[1].explanation ?? reason;
