import { formatMoney } from '../../domain/money.js';
import { rejections } from '../../domain/rejection.js';
import {
  amountOf,
  bankDelay,
  byDeadline,
  details,
  due,
  explained,
  heldUntil,
  moneyAfter,
  orderLink,
  parcelDetails,
  shortageQuestion,
  suggested,
  timeOf,
  trackingLink,
} from './blocks.js';
import { missingGoods, namedGoods, pickedGoods, pricedGoods } from './goods.js';
import type { MailContext } from './mail-context.js';
import type { Block } from './render.js';

/** What one kind of mail has of its own. A block that is undefined is left out. */
export type Content = readonly [
  subject: string,
  headline: string,
  ...blocks: readonly (Block | undefined)[],
];

/** All mails, but for the greeting and the footer. */
export const templates = {
  order_placed: (m) => [
    `We have your order ${m.order.orderId}`,
    'We have your order',
    'Thank you. We are checking your order and tell you as soon as it is confirmed.',
    byDeadline(m, (time) => `You hear from us by ${time} at the latest.`),
    pricedGoods(m.order),
    orderLink(m),
  ],
  order_confirmation: (m) => [
    `Your order ${m.order.orderId} is confirmed`,
    'Your order is confirmed',
    'Thank you. Your goods are set aside and your bank has approved the payment. ' +
      'You pay when the parcel leaves the house.',
    pricedGoods(m.order, m.data.lines),
    orderLink(m),
  ],
  order_reduced: (m) => [
    `Your order ${m.order.orderId} goes on with fewer goods`,
    'Your order goes on with fewer goods',
    'We are sorry: these goods will not come, and you do not pay for them.',
    pickedGoods(m),
    'Everything else comes as you ordered it.',
    details(['New total', due(m)]),
    orderLink(m),
  ],
  address_needed: (m) => [
    `Please check the address of your order ${m.order.orderId}`,
    'Please check your address',
    'The carrier cannot deliver to the address that you gave us. Please correct it, and your ' +
      'parcel goes on at once.',
    byDeadline(m, (time) => `We wait until ${time}. After that we cannot send these goods.`),
    orderLink(m, 'Correct the address'),
  ],
  /** For the shop's staff: no name and no address of the buyer. */
  approval_reminder: (m) => [
    `Order ${m.order.orderId} waits for your approval`,
    'An order waits for your approval',
    'Please approve or reject this order. If nobody does, it is rejected.',
    ...(m.data.reasons ?? []).map(explained),
    details(
      ['Total', formatMoney(m.order.total)],
      ['Rejected after', m.data.until && timeOf(m.data.until)],
    ),
    orderLink(m, 'See the order'),
  ],
  /** The code is not in the subject: a locked phone shows subjects. */
  one_time_code: (m) => [
    `Your code for order ${m.order.orderId}`,
    'Your code',
    'Please confirm your order with this code:',
    { kind: 'code', code: m.code ?? '' },
    byDeadline(m, (time) => `It is valid until ${time}, and only the newest code counts.`),
    'We never ask for it by mail or on the phone. If you have not ordered anything, please ' +
      'forget this mail: without the code nothing is sent and nothing is charged.',
  ],

  shortage_question: (m) => [
    `Please decide: goods of your order ${m.order.orderId} are sold out`,
    'Some of your goods are sold out',
    ...shortageQuestion(m),
  ],
  shortage_reminder: (m) => [
    `Reminder: please decide about your order ${m.order.orderId}`,
    'Your order still waits for your decision',
    ...shortageQuestion(m),
  ],
  backordered: (m) => [
    `Your order ${m.order.orderId} waits for goods`,
    'Your order waits for goods',
    'Some of your goods are not there yet. We send your order as soon as they are.',
    missingGoods(m),
    byDeadline(
      m,
      (time) => `We wait for them until ${time}. If they are not there by then, we tell you.`,
    ),
    'You pay nothing while you wait, and you can cancel at any time.',
    orderLink(m),
  ],

  payment_confirmation_needed: (m) => [
    `Please confirm the payment of your order ${m.order.orderId}`,
    'Please confirm your payment',
    'Your bank wants to be sure that it is you who pays. Please confirm the payment with your bank.',
    heldUntil(m),
    details(['To pay', due(m)]),
    orderLink(m, 'Confirm the payment'),
  ],
  payment_method_needed: (m) => [
    `Your payment was declined: order ${m.order.orderId}`,
    'Your payment was declined',
    'Your bank declined the payment, and nothing was charged. Please choose another card or ' +
      'another way to pay.',
    heldUntil(m),
    details(['To pay', due(m)]),
    orderLink(m, 'Choose how to pay'),
  ],
  /** For a part of an order that will not be sent: never charged, or paid back. */
  refunded: (m) =>
    m.data.payment === 'voided'
      ? [
          `A part of your order ${m.order.orderId} will not come`,
          'A part of your order will not come',
          'We are sorry: we could not send a part of your order. You do not pay for it; the rest is ' +
            'not touched.',
          pickedGoods(m),
          details(['Not charged', amountOf(m)]),
          orderLink(m),
        ]
      : [
          `We have paid you back: order ${m.order.orderId}`,
          'We have paid you back',
          `The money goes to the card or account that you paid with. ${bankDelay}`,
          pickedGoods(m),
          details(['Paid back', amountOf(m)]),
          orderLink(m),
        ],

  shipped: (m) => [
    `A parcel of your order ${m.order.orderId} is on its way`,
    'Your parcel is on its way',
    'The carrier has your parcel.',
    pickedGoods(m),
    details(...parcelDetails(m), ['Charged', amountOf(m)]),
    trackingLink(m),
    suggested(m),
  ],
  delayed: (m) => [
    `Your order ${m.order.orderId} is delayed`,
    'Your parcel takes longer',
    'We are sorry: your parcel takes longer than planned. We are looking into it, you need not ' +
      'do anything, and we tell you as soon as there is news.',
    pickedGoods(m),
    details(...parcelDetails(m)),
    trackingLink(m),
  ],
  delivered: (m) => [
    `Your parcel of order ${m.order.orderId} was delivered`,
    'Your parcel was delivered',
    'The carrier has delivered your parcel. We hope that you like what is in it.',
    pickedGoods(m),
    details(...parcelDetails(m)),
    'Is something wrong, or did nothing arrive? Please answer this mail.',
    byDeadline(m, (time) => `You can send goods back until ${time}.`),
    orderLink(m),
  ],
  /** Lost, or returned to us: in either case the buyer has nothing. */
  parcel_lost: (m) => [
    `A parcel of your order ${m.order.orderId} did not arrive`,
    'Your parcel did not arrive',
    'We are sorry: the carrier could not bring you your parcel.',
    pickedGoods(m),
    details(...parcelDetails(m)),
    amountOf(m) === undefined
      ? 'We send you the goods again at no cost, and tell you when they are on their way.'
      : `We pay back what it cost you: ${amountOf(m)}. ${bankDelay}`,
    orderLink(m),
  ],

  cancellation: (m) => [
    `Your order ${m.order.orderId} is cancelled`,
    'Your order is cancelled',
    'Your order is cancelled. Nothing of it will be sent.',
    moneyAfter[m.data.payment ?? 'none'],
    namedGoods(m.order),
    orderLink(m),
  ],
  rejection: (m) => [
    `We could not complete your order ${m.order.orderId}`,
    'We could not complete your order',
    'We are sorry: your order could not be completed.',
    m.data.rejection && rejections[m.data.rejection],
    moneyAfter[m.data.payment ?? 'none'],
    namedGoods(m.order),
    orderLink(m),
  ],

  return_approved: (m) => [
    `You can send your goods back: order ${m.order.orderId}`,
    'You can send your goods back',
    'Please pack these goods and hand the parcel to the carrier. The way back is paid for; the ' +
      'carrier knows the parcel by its number.',
    pickedGoods(m),
    details(...parcelDetails(m)),
    byDeadline(m, (time) => `They have to be with us by ${time}.`),
    'We pay back as soon as we have looked at them.',
    orderLink(m),
  ],
  return_refused: (m) => [
    `We cannot take your goods back: order ${m.order.orderId}`,
    'We cannot take your goods back',
    'We are sorry: we cannot accept your return. Please do not send these goods.',
    pickedGoods(m),
    ...(m.data.reasons ?? []).map((reason) => `The reason: ${reason}`),
    'Do you see it another way? Please answer this mail.',
    orderLink(m),
  ],
  return_completed: (m) => [
    `Your return is done: order ${m.order.orderId}`,
    'Your return is done',
    'Your goods have come back, and we have looked at them.',
    amountOf(m) && `We pay back ${amountOf(m)}. ${bankDelay}`,
    pickedGoods(m),
    orderLink(m),
  ],

  /** To a seller, from an order of that seller's lines alone: never who bought or where it goes. */
  seller_notice: ({ order }) => [
    `Please keep the goods of order ${order.orderId} ready`,
    'Your goods are sold',
    'Please keep these goods ready for pick-up:',
    namedGoods(order),
  ],
  seller_cancellation: ({ order }) => [
    `Order ${order.orderId} is cancelled: please keep your goods`,
    'An order of your goods is cancelled',
    'These goods are not needed any more. You can sell them again:',
    namedGoods(order),
  ],
} satisfies Readonly<Record<string, (m: MailContext) => Content>>;
