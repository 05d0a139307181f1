import type { SkuQuantity } from '../../domain/facts.js';
import type { Mail, MailTemplate, OrderDetails, Shop } from '../ports.js';
import { oneTimeCode } from './code-letter.js';
import { cancellation, rejection } from './ending-letters.js';
import { htmlOf } from './letter-html.js';
import { textOf } from './letter-text.js';
import type { Content, Letter } from './letter.js';
import type { Matter } from './matter.js';
import {
  addressNeeded,
  approvalReminder,
  orderConfirmation,
  orderPlaced,
  orderReduced,
} from './order-letters.js';
import { delayed, delivered, parcelLost, shipped } from './parcel-letters.js';
import { paymentConfirmationNeeded, paymentMethodNeeded, refunded } from './payment-letters.js';
import { returnApproved, returnCompleted, returnRefused } from './return-letters.js';
import { sellerCancellation, sellerNotice } from './seller-letters.js';
import { backordered, shortageQuestion, shortageReminder } from './shortage-letters.js';

type SellerTemplate = 'seller_notice' | 'seller_cancellation';

/** The mails that are written from the order and {@link Matter} alone. */
export type OrderMailTemplate = Exclude<MailTemplate, SellerTemplate | 'one_time_code'>;

const contents: Readonly<Record<OrderMailTemplate, (matter: Matter) => Content>> = {
  order_placed: orderPlaced,
  order_confirmation: orderConfirmation,
  approval_reminder: approvalReminder,
  shortage_question: shortageQuestion,
  shortage_reminder: shortageReminder,
  order_reduced: orderReduced,
  payment_confirmation_needed: paymentConfirmationNeeded,
  payment_method_needed: paymentMethodNeeded,
  address_needed: addressNeeded,
  backordered,
  shipped,
  delayed,
  delivered,
  parcel_lost: parcelLost,
  refunded,
  cancellation,
  rejection,
  return_approved: returnApproved,
  return_refused: returnRefused,
  return_completed: returnCompleted,
};

/** A mail to the buyer, or, where the shop itself has to act, to its staff. */
export function orderMail(template: OrderMailTemplate, matter: Matter, sequence?: string): Mail {
  const { order, shop } = matter;
  const reader =
    template === 'approval_reminder' ? { name: shop.name, email: shop.staffEmail } : order.customer;
  const ids = { orderId: order.orderId, template, ...(sequence !== undefined && { sequence }) };
  const about = matter.data.returnId === undefined ? [] : [`Return ${matter.data.returnId}`];
  return mailTo(reader, shop, contents[template](matter), ids, about);
}

export const codeMail = (
  { order, shop }: Pick<Matter, 'order' | 'shop'>,
  sequence: string,
  { code, until }: { readonly code: string; readonly until: string },
): Mail =>
  mailTo(order.customer, shop, oneTimeCode(order.orderId, code, until), {
    orderId: order.orderId,
    template: 'one_time_code',
    sequence,
  });

/** One mail for each seller whose goods are among the lines; all of the order's without lines. */
export function sellerMails(
  template: SellerTemplate,
  { order, shop }: Pick<Matter, 'order' | 'shop'>,
  lines?: readonly SkuQuantity[],
): readonly { readonly sellerId: string; readonly mail: Mail }[] {
  const content = template === 'seller_notice' ? sellerNotice : sellerCancellation;
  return sellersOf(order, lines).map((seller) => ({
    sellerId: seller.id,
    mail: mailTo(seller, shop, content({ order, sellerId: seller.id, lines }), {
      orderId: order.orderId,
      template,
      sequence: seller.id,
    }),
  }));
}

type Seller = OrderDetails['lines'][number]['seller'];

function sellersOf(order: OrderDetails, lines?: readonly SkuQuantity[]): readonly Seller[] {
  const sold = order.lines.filter(
    ({ sku }) => lines === undefined || lines.some((line) => line.sku === sku),
  );
  return [...new Map(sold.map(({ seller }) => [seller.id, seller])).values()];
}

function mailTo(
  reader: { readonly name: string; readonly email: string },
  shop: Shop,
  content: Content,
  ids: Pick<Mail, 'orderId' | 'template' | 'sequence'>,
  about: readonly string[] = [],
): Mail {
  const letter: Letter = {
    ...content,
    greeting: `Hello ${reader.name},`,
    footer: [shop.name, `Order ${ids.orderId}`, ...about],
  };
  const { subject } = letter;
  return { ...ids, to: reader.email, subject, text: textOf(letter), html: htmlOf(letter) };
}
