import { pickedGoods } from './goods.js';
import { detailList, link, paragraphs, type Content } from './letter.js';
import { amountOf, byDeadline, orderLink, type Matter } from './matter.js';

export const shipped = (matter: Matter): Content => ({
  subject: `A parcel of your order ${matter.order.orderId} is on its way`,
  headline: 'Your parcel is on its way',
  blocks: [
    ...paragraphs('The carrier has your parcel.'),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(...parcelDetails(matter), ['Charged', amountOf(matter)]),
    ...followLink(matter),
    ...suggested(matter),
  ],
});

export const delayed = (matter: Matter): Content => ({
  subject: `Your order ${matter.order.orderId} is delayed`,
  headline: 'Your parcel takes longer',
  blocks: [
    ...paragraphs(
      'We are sorry: your parcel takes longer than planned. We are looking into it, you need not ' +
        'do anything, and we tell you as soon as there is news.',
    ),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(...parcelDetails(matter)),
    ...followLink(matter),
  ],
});

export const delivered = (matter: Matter): Content => ({
  subject: `Your parcel of order ${matter.order.orderId} was delivered`,
  headline: 'Your parcel was delivered',
  blocks: [
    ...paragraphs('The carrier has delivered your parcel. We hope that you like what is in it.'),
    ...pickedGoods(matter.order, matter.data.lines),
    ...detailList(...parcelDetails(matter)),
    ...paragraphs(
      'Is something wrong, or did nothing arrive? Please answer this mail.',
      byDeadline(matter.data.until, (time) => `You can send goods back until ${time}.`),
    ),
    ...orderLink(matter),
  ],
});

/** Lost, or come back: in either case the buyer has nothing. */
export const parcelLost = (matter: Matter): Content => {
  const amount = amountOf(matter);
  return {
    subject: `A parcel of your order ${matter.order.orderId} did not arrive`,
    headline: 'Your parcel did not arrive',
    blocks: [
      ...paragraphs('We are sorry: the carrier could not bring you your parcel.'),
      ...pickedGoods(matter.order, matter.data.lines),
      ...detailList(...parcelDetails(matter)),
      ...paragraphs(
        amount === undefined
          ? 'We send you the goods again at no cost, and tell you when they are on their way.'
          : `We pay back what it cost you: ${amount}. Your bank can take up to 10 days to show it.`,
      ),
      ...orderLink(matter),
    ],
  };
};

/** Last, and left out where there is nothing: nobody asked for it. */
const suggested = ({ suggestions = [] }: Matter) =>
  suggestions.length === 0
    ? []
    : paragraphs(
        `Others who bought this also bought: ${suggestions.map(({ title }) => title).join(', ')}.`,
      );

/** The carrier's own page, else ours. */
const followLink = (matter: Matter) =>
  matter.data.trackingUrl === undefined
    ? orderLink(matter, 'Follow your parcel')
    : link('Follow your parcel', matter.data.trackingUrl);

const parcelDetails = ({ data }: Matter) =>
  [
    ['Carrier', data.carrier],
    ['Tracking number', data.trackingNumber],
  ] as const;
