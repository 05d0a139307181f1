import type { SkuQuantity } from '../../domain/facts.js';
import type { Mail, OrderDetails, Shop } from '../ports.js';
import { pickedLines } from './goods.js';
import type { MailContext } from './mail-context.js';
import { rendered } from './render.js';
import { templates, type Content } from './templates.js';

export type MailTemplate = keyof typeof templates;
type SellerTemplate = 'seller_notice' | 'seller_cancellation';

/** The mails that are written from the order and {@link MailContext.data} alone. */
export type OrderMailTemplate = Exclude<MailTemplate, SellerTemplate | 'one_time_code'>;

/** A mail to the buyer, or, where the shop itself has to act, to its staff. */
export function orderMail(
  template: OrderMailTemplate | 'one_time_code',
  context: MailContext,
  sequence?: string,
): Mail {
  const { order, shop } = context;
  const reader =
    template === 'approval_reminder' ? { name: shop.name, email: shop.staffEmail } : order.customer;
  const ids = { orderId: order.orderId, template, ...(sequence !== undefined && { sequence }) };
  const about = context.data.returnId === undefined ? [] : [`Return ${context.data.returnId}`];
  return mailTo(reader, shop, templates[template](context), ids, about);
}

/** One mail for each seller whose goods are among the lines; all of the order's without lines. */
export function sellerMails(
  template: SellerTemplate,
  { order, shop }: Pick<MailContext, 'order' | 'shop'>,
  lines?: readonly SkuQuantity[],
): readonly { readonly sellerId: string; readonly mail: Mail }[] {
  const sold = pickedLines(order, lines);
  const sellers = new Map(sold.map(({ seller }) => [seller.id, seller]));
  return [...sellers.values()].map((seller) => {
    const ofSeller = { ...order, lines: sold.filter((line) => line.seller.id === seller.id) };
    const content = templates[template]({ order: ofSeller, shop, data: {} });
    const ids = { orderId: order.orderId, template, sequence: seller.id };
    return { sellerId: seller.id, mail: mailTo(seller, shop, content, ids) };
  });
}

function mailTo(
  reader: Pick<OrderDetails['customer'], 'name' | 'email'>,
  shop: Shop,
  [subject, headline, ...blocks]: Content,
  ids: Pick<Mail, 'orderId' | 'template' | 'sequence'>,
  about: readonly string[] = [],
): Mail {
  const mail = rendered({
    subject,
    headline,
    greeting: `Hello ${reader.name},`,
    blocks: blocks.filter((block) => block !== undefined),
    footer: [shop.name, `Order ${ids.orderId}`, ...about],
  });
  return { ...ids, to: reader.email, ...mail };
}
