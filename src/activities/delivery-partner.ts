import type { Fact } from '../domain/facts.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { PartnerOffer, ClosedOffer, Ports } from './ports.js';
import { recordEffect, recordOutcome, compensationFacts, type Step } from './step.js';

export interface AssignDeliveryPartner extends Step {
  /** 0 for the first partner. */
  readonly round: number;
  /** How long the partner may take to accept, in milliseconds. */
  readonly acceptMs: number;
}

export interface SettleDeliveryOffer extends Step {
  readonly offerId: string;
  readonly answer: 'accept' | 'decline' | 'silent';
}

export const deliveryPartnerActivities = ({
  partners,
  orders,
  journal,
}: Pick<Ports, 'partners' | 'orders' | 'journal'>) => ({
  assignDeliveryPartner: retryable(async (step: AssignDeliveryPartner) => {
    const { orderId, round, acceptMs } = step;
    const { country, postalCode } = (await orders.find(orderId)).shippingAddress;
    const offering = partners.offer({ orderId, country, postalCode, round, acceptMs });
    const key = round === 0 ? 'assignDeliveryPartner' : `assignDeliveryPartner:${round}`;
    return recordEffect(journal, step, key, offering, (offer) => [offerFact(offer)]);
  }),

  /** Closes an offer by the partner's answer, or by his silence. */
  settleDeliveryOffer: retryable(async (step: SettleDeliveryOffer) => {
    const { orderId, offerId, answer } = step;
    const settled = await partners.settle(orderId, offerId, answer);
    const facts = settlementFacts(settled, offerId);
    return recordOutcome(journal, step, `settleDeliveryOffer:${offerId}`, settled, facts);
  }),

  releaseDeliveryPartner: alwaysRetryable((step: Step) => {
    const releasing = partners.release(step.orderId);
    return recordEffect(journal, step, 'releaseDeliveryPartner', releasing, (undone) =>
      compensationFacts(undone, 'releaseDeliveryPartner', { type: 'delivery_partner.released' }),
    );
  }),
});

function offerFact(offer: PartnerOffer): Fact {
  switch (offer.kind) {
    case 'assigned':
      return assignedFact(offer);
    case 'offered': {
      const { partnerId, offerId, until } = offer;
      return { type: 'delivery_partner.offered', partnerId, offerId, until };
    }
    case 'none':
      return { type: 'delivery_partner.unavailable' };
  }
}

/** What was released with its order is told by the release. */
function settlementFacts(settled: ClosedOffer, offerId: string): readonly Fact[] {
  if (settled.kind === 'assigned') return [assignedFact(settled)];
  const { partnerId, why } = settled;
  return why === 'released' ? [] : [{ type: 'delivery_partner.declined', partnerId, offerId, why }];
}

const assignedFact = (offer: Extract<PartnerOffer, { kind: 'assigned' }>): Fact => ({
  type: 'delivery_partner.assigned',
  partnerId: offer.partnerId,
  pickUpFrom: offer.pickUpFrom,
  pickUpUntil: offer.pickUpUntil,
});
