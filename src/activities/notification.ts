import type { SkuQuantity } from '../domain/facts.js';
import type { RejectionReason } from '../domain/rejection.js';
import type { OrderId } from '../domain/ids.js';
import { withinOr } from '../runtime/deadline.js';
import { retryable } from './error-classification.js';
import { orderMail, sellerMails, type OrderMailTemplate } from './mails/mail.js';
import type { MailData } from './mails/mail-context.js';
import type { Mail, Mailer, Ports, Recommendations, SuggestedProduct } from './ports.js';
import { recordOutcome, type Step, type StepResult } from './step.js';

export interface Announcement extends Step {
  /** What is left of the order, where it was reduced. */
  readonly lines?: readonly SkuQuantity[];
}

export interface SendCancellation extends Step {
  /** Why the order ended: the buyer's own cancel, or a refusal. */
  readonly ending: 'cancelled' | 'rejected';
  readonly reason?: RejectionReason;
  /** Whether the sellers had been asked to keep their goods ready. */
  readonly tellSellers: boolean;
}

/** Changes no state, so it needs no place among the order's changes. */
export interface SendMail {
  readonly orderId: OrderId;
  readonly template: OrderMailTemplate;
  /** What tells mails of one template apart: a shipment, a return, a number. */
  readonly sequence?: string;
  readonly data?: MailData;
}

export const notificationActivities = ({
  mailer,
  orders,
  journal,
  shop,
  recommendations,
}: Pick<Ports, 'mailer' | 'orders' | 'journal' | 'shop' | 'recommendations'>) => ({
  sendOrderConfirmation: retryable(async (step: Announcement): Promise<StepResult<null>> => {
    const order = await orders.find(step.orderId);
    await mailer.send(
      orderMail('order_confirmation', { order, shop, data: { lines: step.lines } }),
    );
    const facts = [{ type: 'confirmation.sent' }] as const;
    return recordOutcome(journal, step, 'sendOrderConfirmation', null, facts);
  }),

  /** One mail to each seller, with that seller's lines alone. */
  notifySeller: retryable(async (step: Announcement): Promise<StepResult<null>> => {
    const order = await orders.find(step.orderId);
    const notices = sellerMails('seller_notice', { order, shop }, step.lines);
    await sendAll(
      mailer,
      notices.map(({ mail }) => mail),
    );
    const sellerIds = notices.map(({ sellerId }) => sellerId);
    const facts = [{ type: 'seller.notified', sellerIds }] as const;
    return recordOutcome(journal, step, 'notifySeller', null, facts);
  }),

  /** Writes to the buyer, and to the sellers who keep their goods ready. */
  sendCancellation: retryable(async (step: SendCancellation): Promise<StepResult<null>> => {
    const order = await orders.find(step.orderId);
    const template = step.ending === 'cancelled' ? 'cancellation' : 'rejection';
    const data = { payment: step.before.paymentStatus, rejection: step.reason };
    const notices = step.tellSellers ? sellerMails('seller_cancellation', { order, shop }) : [];
    const toSellers = notices.map(({ mail }) => mail);
    await sendAll(mailer, [orderMail(template, { order, shop, data }), ...toSellers]);
    return recordOutcome(journal, step, 'sendCancellation', null, [{ type: 'cancellation.sent' }]);
  }),

  /** One mail, once for its template and sequence. */
  sendMail: retryable(async (request: SendMail): Promise<StepResult<null>> => {
    const { orderId, template, sequence, data = {} } = request;
    const order = await orders.find(orderId);
    const suggestions =
      template === 'shipped' ? await suggestionsFor(recommendations, orderId) : [];
    await mailer.send(orderMail(template, { order, shop, data, suggestions }, sequence));
    const subject = sequence === undefined ? {} : { subject: sequence };
    const key = ['sendMail', template, ...Object.values(subject)].join(':');
    const facts = [{ type: 'mail.sent', template, ...subject }] as const;
    return { outcome: null, ...(await journal.append({ orderId, key, facts })) };
  }),
});

/** All at once: one after another, many sellers and a slow server would outlast the attempt. */
async function sendAll(mailer: Mailer, mails: readonly Mail[]): Promise<void> {
  await Promise.all(mails.map((mail) => mailer.send(mail)));
}

/** The longest that a mail waits for suggestions, in milliseconds. */
const suggestionLimitMs = 300;
const mostSuggestions = 3;

/** What the mail about an order may suggest; nothing when there is no answer in time. */
async function suggestionsFor(
  recommendations: Recommendations | undefined,
  orderId: OrderId,
): Promise<readonly SuggestedProduct[]> {
  if (recommendations === undefined) return [];
  const none = (): readonly SuggestedProduct[] => [];
  // A failure costs the suggestions, never the mail.
  const suggest = async () => recommendations.suggest(orderId, mostSuggestions);
  return withinOr(suggest().catch(none), suggestionLimitMs, none);
}
