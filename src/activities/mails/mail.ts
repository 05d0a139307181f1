import type { SkuQuantity } from '../../domain/facts.js';
import type { Mail, MailTemplate, OrderDetails, Shop } from '../ports.js';
import { oneTimeCode } from './code-mail.js';
import { cancellation, rejection } from './ending-mails.js';
import { htmlOf } from './html.js';
import { textOf } from './text.js';
import type { Content, ComposedMail } from './content.js';
import type { MailContext } from './mail-context.js';
import {
  addressNeeded,
  approvalReminder,
  orderConfirmation,
  orderPlaced,
  orderReduced,
} from './order-mails.js';
import { delayed, delivered, parcelLost, shipped } from './parcel-mails.js';
import { paymentConfirmationNeeded, paymentMethodNeeded, refunded } from './payment-mails.js';
import { returnApproved, returnCompleted, returnRefused } from './return-mails.js';
import { sellerCancellation, sellerNotice } from './seller-mails.js';
import { backordered, shortageQuestion, shortageReminder } from './shortage-mails.js';

type SellerTemplate = 'seller_notice' | 'seller_cancellation';

/** The mails that are written from the order and {@link MailContext} alone. */
export type OrderMailTemplate = Exclude<MailTemplate, SellerTemplate | 'one_time_code'>;

const contents: Readonly<Record<OrderMailTemplate, (context: MailContext) => Content>> = {
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
export function orderMail(
  template: OrderMailTemplate,
  context: MailContext,
  sequence?: string,
): Mail {
  const { order, shop } = context;
  const reader =
    template === 'approval_reminder' ? { name: shop.name, email: shop.staffEmail } : order.customer;
  const ids = { orderId: order.orderId, template, ...(sequence !== undefined && { sequence }) };
  const about = context.data.returnId === undefined ? [] : [`Return ${context.data.returnId}`];
  return mailTo(reader, shop, contents[template](context), ids, about);
}

export const codeMail = (
  { order, shop }: Pick<MailContext, 'order' | 'shop'>,
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
  { order, shop }: Pick<MailContext, 'order' | 'shop'>,
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
  const mail: ComposedMail = {
    ...content,
    greeting: `Hello ${reader.name},`,
    footer: [shop.name, `Order ${ids.orderId}`, ...about],
  };
  const { subject } = mail;
  return { ...ids, to: reader.email, subject, text: textOf(mail), html: htmlOf(mail) };
}
