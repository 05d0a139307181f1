import { formatMoney, times } from '../domain/money.js';
import type { Mail, MailTemplate, OrderDetails, OrderedLine } from './ports.js';

export const confirmationMail = (order: OrderDetails): Mail =>
  toBuyer(order, 'order_confirmation', `Your order ${order.orderId} is confirmed`, [
    'Thank you. Your goods are set aside and your payment is authorized.',
    'You pay when the parcel leaves the house.',
  ]);

export const cancellationMail = (order: OrderDetails): Mail =>
  toBuyer(order, 'cancellation', `Your order ${order.orderId} is cancelled`, [
    'Your order is cancelled. You will not be charged; what was charged is paid back.',
  ]);

export const rejectionMail = (order: OrderDetails): Mail =>
  toBuyer(order, 'rejection', `We could not complete your order ${order.orderId}`, [
    'We are sorry: your order could not be completed. You will not be charged.',
  ]);

/** One mail for each seller of the order, naming that seller's goods and nobody's address. */
export function sellerNotices(order: OrderDetails): readonly { sellerId: string; mail: Mail }[] {
  const sellers = new Map(order.lines.map(({ seller }) => [seller.id, seller]));
  return [...sellers.values()].map((seller) => ({
    sellerId: seller.id,
    mail: compose({
      orderId: order.orderId,
      template: 'seller_notice',
      to: seller.email,
      subject: `Please keep the goods of order ${order.orderId} ready`,
      greeting: `Hello ${seller.name},`,
      sentences: ['these goods are sold. Please keep them ready for pick-up:'],
      lines: order.lines.filter((line) => line.seller.id === seller.id).map(goods),
    }),
  }));
}

const toBuyer = (
  order: OrderDetails,
  template: MailTemplate,
  subject: string,
  sentences: readonly string[],
): Mail =>
  compose({
    orderId: order.orderId,
    template,
    to: order.customer.email,
    subject,
    greeting: `Hello ${order.customer.name},`,
    sentences,
    lines: [...order.lines.map(priced), `Total: ${formatMoney(order.total)}`],
  });

const goods = ({ quantity, title, sku }: OrderedLine): string => `${quantity} x ${title} (${sku})`;

const priced = (line: OrderedLine): string =>
  `${goods(line)}: ${formatMoney(times(line.unitPrice, line.quantity))}`;

interface Draft extends Omit<Mail, 'text' | 'html'> {
  readonly greeting: string;
  readonly sentences: readonly string[];
  readonly lines: readonly string[];
}

function compose({ greeting, sentences, lines, ...mail }: Draft): Mail {
  const paragraphs = [greeting, ...sentences];
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    ...mail,
    text: [...paragraphs, '', ...lines.map((line) => `- ${line}`), ''].join('\n'),
    html: `${paragraphs.map((p) => `<p>${escapeHtml(p)}</p>`).join('')}<ul>${items}</ul>`,
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
