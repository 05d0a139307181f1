import { pickedGoods } from './goods.js';
import { detailList, paragraphs, type Content } from './content.js';
import { amountOf, byDeadline, orderLink, type MailContext } from './mail-context.js';

export const returnApproved = (context: MailContext): Content => ({
  subject: `You can send your goods back: order ${context.order.orderId}`,
  headline: 'You can send your goods back',
  blocks: [
    ...paragraphs(
      'Please pack these goods and hand the parcel to the carrier. The way back is paid for; the ' +
        'carrier knows the parcel by its number.',
    ),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(
      ['Carrier', context.data.carrier],
      ['Tracking number', context.data.trackingNumber],
    ),
    ...paragraphs(
      byDeadline(context.data.until, (time) => `They have to be with us by ${time}.`),
      'We pay back as soon as we have looked at them.',
    ),
    ...orderLink(context),
  ],
});

export const returnRefused = (context: MailContext): Content => ({
  subject: `We cannot take your goods back: order ${context.order.orderId}`,
  headline: 'We cannot take your goods back',
  blocks: [
    ...paragraphs('We are sorry: we cannot accept your return. Please do not send these goods.'),
    ...pickedGoods(context.order, context.data.lines),
    ...paragraphs(
      ...(context.data.reasons ?? []).map((reason) => `The reason: ${reason}`),
      'Do you see it another way? Please answer this mail.',
    ),
    ...orderLink(context),
  ],
});

export const returnCompleted = (context: MailContext): Content => {
  const amount = amountOf(context);
  return {
    subject: `Your return is done: order ${context.order.orderId}`,
    headline: 'Your return is done',
    blocks: [
      ...paragraphs(
        'Your goods have come back, and we have looked at them.',
        amount && `We pay back ${amount}. Your bank can take up to 10 days to show it.`,
      ),
      ...pickedGoods(context.order, context.data.lines),
      ...orderLink(context),
    ],
  };
};
