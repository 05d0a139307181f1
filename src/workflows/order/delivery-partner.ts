import type { PartnerOffer } from '../../activities/ports.js';
import { onSignal } from '../kit/handlers.js';
import type { Compensation } from '../kit/saga.js';
import { partnerAnswerSignal, type PartnerAnswer } from '../messages.js';
import type { OrderContext } from './context.js';

/** One delivery partner is asked after the other, until one takes the order or there is none left. */
export async function assignDeliveryPartner(order: OrderContext): Promise<void> {
  const { recorder, deadlines, partnerAnswers } = order;
  const { acceptMs } = order.input.serviceLevel.offer;
  for (let round = 0; ; round += 1) {
    const payload = { round, acceptMs };
    const offer: PartnerOffer = await recorder.performBeside(
      'assignDeliveryPartner',
      payload,
      'Find a delivery partner',
    );
    if (offer.kind !== 'offered') return;
    const { offerId } = offer;
    const isAnswered = () => partnerAnswers.has(offerId);
    const awaited = `${offer.partnerId} accepts or declines`;
    await deadlines.waitFor(isAnswered, { awaited, limitMs: acceptMs });
    const answer = partnerAnswers.get(offerId) ?? 'silent';
    const closed = await recorder.performBeside(
      'settleDeliveryOffer',
      { offerId, answer },
      `Delivery partner: ${answer}`,
    );
    if (closed.kind === 'assigned') return;
  }
}

export const releaseDeliveryPartner = ({ recorder }: OrderContext): Compensation => ({
  name: 'releaseDeliveryPartner',
  run: () => recorder.perform('releaseDeliveryPartner', {}, 'Release the delivery partner'),
});

/** The first answer to an offer counts. */
export function partnerAnswers(): ReadonlyMap<string, PartnerAnswer['answer']> {
  const answers = new Map<string, PartnerAnswer['answer']>();
  const form = { offerId: 'text', answer: ['accept', 'decline'] } as const;
  onSignal(partnerAnswerSignal, form, ({ offerId, answer }) => {
    if (!answers.has(offerId)) answers.set(offerId, answer);
  });
  return answers;
}
