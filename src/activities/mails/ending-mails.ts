import type { RejectionReason } from '../../domain/facts.js';
import type { PaymentStatus } from '../../domain/order-state.js';
import { namedGoods } from './goods.js';
import { paragraphs, type Content } from './content.js';
import { orderLink, type MailContext } from './mail-context.js';

export const cancellation = (context: MailContext): Content => ({
  subject: `Your order ${context.order.orderId} is cancelled`,
  headline: 'Your order is cancelled',
  blocks: [
    ...paragraphs('Your order is cancelled. Nothing of it will be sent.', moneyOf(context)),
    namedGoods(context.order),
    ...orderLink(context),
  ],
});

export const rejection = (context: MailContext): Content => ({
  subject: `We could not complete your order ${context.order.orderId}`,
  headline: 'We could not complete your order',
  blocks: [
    ...paragraphs(
      'We are sorry: your order could not be completed.',
      context.data.rejection && reasons[context.data.rejection],
      moneyOf(context),
    ),
    namedGoods(context.order),
    ...orderLink(context),
  ],
});

const reasons: Readonly<Record<RejectionReason, string>> = {
  out_of_stock: 'The goods are sold out, and we do not know when they will be there again.',
  payment_declined: 'Your bank declined the payment.',
  payment_not_confirmed: 'The payment was not confirmed in time.',
  not_shippable: 'The carrier cannot deliver to the address.',
  not_approved:
    'We cannot accept this order. If you think that we should, please answer this mail.',
  approval_expired: 'We did not manage to check it in time. Please order again.',
  code_not_confirmed: 'It was not confirmed with the code that we sent you.',
};

const moneyOf = ({ data }: MailContext): string => moneyAfter(data.payment ?? 'none');

/** What becomes of the buyer's money, in words that are true however far the undoing has come. */
function moneyAfter(payment: PaymentStatus): string {
  switch (payment) {
    case 'none':
    case 'requires_action':
    case 'declined':
      return 'You are not charged.';
    case 'authorized':
    case 'voided':
      return 'You are not charged. What your bank has set aside is free again within a few days.';
    case 'captured':
    case 'partially_captured':
    case 'partially_refunded':
    case 'refunded':
      return 'We pay back what was charged. Your bank can take up to 10 days to show it.';
  }
}
