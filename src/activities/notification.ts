import { asStep } from './fate.js';
import { cancellationMail, confirmationMail, rejectionMail, sellerNotices } from './mails.js';
import type { Ports } from './ports.js';
import { tell, type Step, type Told } from './step.js';

export interface SendCancellation extends Step {
  /** Why the order ended: the buyer's own cancel, or a refusal. */
  readonly ending: 'cancelled' | 'rejected';
}

export const notificationActivities = ({
  mailer,
  orders,
  journal,
}: Pick<Ports, 'mailer' | 'orders' | 'journal'>) => ({
  sendOrderConfirmation: asStep(async (step: Step): Promise<Told<null>> => {
    await mailer.send(confirmationMail(await orders.find(step.orderId)));
    return tell(journal, step, 'sendOrderConfirmation', null, [{ type: 'confirmation.sent' }]);
  }),

  sendCancellation: asStep(async (step: SendCancellation): Promise<Told<null>> => {
    const details = await orders.find(step.orderId);
    const mail = step.ending === 'cancelled' ? cancellationMail(details) : rejectionMail(details);
    await mailer.send(mail);
    return tell(journal, step, 'sendCancellation', null, [{ type: 'cancellation.sent' }]);
  }),

  /** One mail to each seller, with that seller's lines alone. */
  notifySeller: asStep(async (step: Step): Promise<Told<null>> => {
    const notices = sellerNotices(await orders.find(step.orderId));
    for (const { mail } of notices) await mailer.send(mail);
    const sellerIds = notices.map(({ sellerId }) => sellerId);
    return tell(journal, step, 'notifySeller', null, [{ type: 'seller.notified', sellerIds }]);
  }),
});
