import { pickedGoods } from './goods.js';
import { detailList, link, paragraphs, type Content } from './content.js';
import { amountOf, byDeadline, orderLink, type MailContext } from './mail-context.js';

export const shipped = (context: MailContext): Content => ({
  subject: `A parcel of your order ${context.order.orderId} is on its way`,
  headline: 'Your parcel is on its way',
  blocks: [
    ...paragraphs('The carrier has your parcel.'),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(...parcelDetails(context), ['Charged', amountOf(context)]),
    ...followLink(context),
    ...suggested(context),
  ],
});

export const delayed = (context: MailContext): Content => ({
  subject: `Your order ${context.order.orderId} is delayed`,
  headline: 'Your parcel takes longer',
  blocks: [
    ...paragraphs(
      'We are sorry: your parcel takes longer than planned. We are looking into it, you need not ' +
        'do anything, and we tell you as soon as there is news.',
    ),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(...parcelDetails(context)),
    ...followLink(context),
  ],
});

export const delivered = (context: MailContext): Content => ({
  subject: `Your parcel of order ${context.order.orderId} was delivered`,
  headline: 'Your parcel was delivered',
  blocks: [
    ...paragraphs('The carrier has delivered your parcel. We hope that you like what is in it.'),
    ...pickedGoods(context.order, context.data.lines),
    ...detailList(...parcelDetails(context)),
    ...paragraphs(
      'Is something wrong, or did nothing arrive? Please answer this mail.',
      byDeadline(context.data.until, (time) => `You can send goods back until ${time}.`),
    ),
    ...orderLink(context),
  ],
});

/** Lost, or come back: in either case the buyer has nothing. */
export const parcelLost = (context: MailContext): Content => {
  const amount = amountOf(context);
  return {
    subject: `A parcel of your order ${context.order.orderId} did not arrive`,
    headline: 'Your parcel did not arrive',
    blocks: [
      ...paragraphs('We are sorry: the carrier could not bring you your parcel.'),
      ...pickedGoods(context.order, context.data.lines),
      ...detailList(...parcelDetails(context)),
      ...paragraphs(
        amount === undefined
          ? 'We send you the goods again at no cost, and tell you when they are on their way.'
          : `We pay back what it cost you: ${amount}. Your bank can take up to 10 days to show it.`,
      ),
      ...orderLink(context),
    ],
  };
};

/** Last, and left out where there is nothing: nobody asked for it. */
const suggested = ({ suggestions = [] }: MailContext) =>
  suggestions.length === 0
    ? []
    : paragraphs(
        `Others who bought this also bought: ${suggestions.map(({ title }) => title).join(', ')}.`,
      );

/** The carrier's own page, else ours. */
const followLink = (context: MailContext) =>
  context.data.trackingUrl === undefined
    ? orderLink(context, 'Follow your parcel')
    : link('Follow your parcel', context.data.trackingUrl);

const parcelDetails = ({ data }: MailContext) =>
  [
    ['Carrier', data.carrier],
    ['Tracking number', data.trackingNumber],
  ] as const;
