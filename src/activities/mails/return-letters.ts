import { pickedGoods } from './goods.js';
import { detailList, paragraphs, type Content } from './letter.js';
import { amountOf, byDeadline, orderLink, type Matter } from './matter.js';

export const returnApproved = (matter: Matter): Content => ({
  subject: `You can send your goods back: order ${matter.order.orderId}`,
  headline: 'You can send your goods back',
  blocks: [
    ...paragraphs(
      'Please pack these goods and hand the parcel to the carrier. The way back is paid for; the ' +
        'carrier knows the parcel by its number.',
    ),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(
      ['Carrier', matter.data.carrier],
      ['Tracking number', matter.data.trackingNumber],
    ),
    ...paragraphs(
      byDeadline(matter.data.until, (time) => `They have to be with us by ${time}.`),
      'We pay back as soon as we have looked at them.',
    ),
    ...orderLink(matter),
  ],
});

export const returnRefused = (matter: Matter): Content => ({
  subject: `We cannot take your goods back: order ${matter.order.orderId}`,
  headline: 'We cannot take your goods back',
  blocks: [
    ...paragraphs('We are sorry: we cannot accept your return. Please do not send these goods.'),
    ...pickedGoods(matter.order, matter.data.lines),
    ...paragraphs(
      ...(matter.data.reasons ?? []).map((reason) => `The reason: ${reason}`),
      'Do you see it another way? Please answer this mail.',
    ),
    ...orderLink(matter),
  ],
});

export const returnCompleted = (matter: Matter): Content => {
  const amount = amountOf(matter);
  return {
    subject: `Your return is done: order ${matter.order.orderId}`,
    headline: 'Your return is done',
    blocks: [
      ...paragraphs(
        'Your goods have come back, and we have looked at them.',
        amount && `We pay back ${amount}. Your bank can take up to 10 days to show it.`,
      ),
      ...pickedGoods(matter.order, matter.data.lines),
      ...orderLink(matter),
    ],
  };
};
