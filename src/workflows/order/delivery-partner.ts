import { setHandler } from '@temporalio/workflow';
import type { PartnerOffer } from '../../activities/ports.js';
import { whenWellFormed } from '../kit/message-check.js';
import type { Compensation } from '../kit/saga.js';
import { partnerAnswerSignal, type PartnerAnswer } from '../messages.js';
import type { OrderContext } from './context.js';

/** One delivery partner is asked after the other, until one takes the order or there is none left. */
export async function assignDeliveryPartner(order: OrderContext): Promise<void> {
  const { recorder, deadlines, partnerAnswers } = order;
  const { acceptMs } = order.input.serviceLevel.offer;
  for (let round = 0; ; round += 1) {
    const payload = { round, acceptMs };
    const summary = 'Find a delivery partner';
    const offer: PartnerOffer = await recorder.performBeside(
      'assignDeliveryPartner',
      payload,
      summary,
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

/** What delivery partners said to offers; the first answer to an offer counts. */
export class PartnerAnswers {
  private readonly answers = new Map<string, PartnerAnswer['answer']>();

  constructor() {
    const form = { offerId: 'text', answer: ['accept', 'decline'] } as const;
    setHandler(
      partnerAnswerSignal,
      whenWellFormed<PartnerAnswer>(form, ({ offerId, answer }) => {
        if (!this.answers.has(offerId)) this.answers.set(offerId, answer);
      }),
    );
  }

  has(offerId: string): boolean {
    return this.answers.has(offerId);
  }

  get(offerId: string): PartnerAnswer['answer'] | undefined {
    return this.answers.get(offerId);
  }
}
