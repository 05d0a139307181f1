/** What a test payment method does when it is charged. */
export type CardBehaviour =
  | { readonly kind: 'approve' }
  | { readonly kind: 'authenticate' }
  | { readonly kind: 'decline'; readonly decline: Decline };

export interface Decline {
  readonly code: string;
  readonly decline_code?: string;
  readonly message: string;
}

const approve: CardBehaviour = { kind: 'approve' };

const decline = (
  code: string,
  declineCode: string | undefined,
  message: string,
): CardBehaviour => ({
  kind: 'decline',
  decline: { code, ...(declineCode === undefined ? {} : { decline_code: declineCode }), message },
});

export const genericDecline: Decline = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};

export const authenticationRequired: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

const insufficientFunds = decline(
  'card_declined',
  'insufficient_funds',
  'Your card has insufficient funds.',
);
const lostCard = decline('card_declined', 'lost_card', 'Your card was declined.');
const stolenCard = decline('card_declined', 'stolen_card', 'Your card was declined.');
const expiredCard = decline('expired_card', undefined, 'Your card has expired.');
const incorrectCvc = decline('incorrect_cvc', undefined, "Your card's security code is incorrect.");
const processingError = decline(
  'processing_error',
  undefined,
  'An error occurred while processing your card. Try again in a little bit.',
);

const behaviours: ReadonlyMap<string, CardBehaviour> = new Map([
  ['pm_card_visa', approve],
  ['pm_card_visa_debit', approve],
  ['pm_card_mastercard', approve],
  ['pm_card_amex', approve],
  ['pm_card_discover', approve],
  ['pm_card_visa_chargeDeclined', { kind: 'decline', decline: genericDecline }],
  ['pm_card_chargeDeclined', { kind: 'decline', decline: genericDecline }],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', insufficientFunds],
  ['pm_card_chargeDeclinedInsufficientFunds', insufficientFunds],
  ['pm_card_visa_chargeDeclinedLostCard', lostCard],
  ['pm_card_visa_chargeDeclinedStolenCard', stolenCard],
  ['pm_card_chargeDeclinedExpiredCard', expiredCard],
  ['pm_card_chargeDeclinedIncorrectCvc', incorrectCvc],
  ['pm_card_chargeDeclinedProcessingError', processingError],
  ['pm_card_authenticationRequired', { kind: 'authenticate' }],
]);

/** @returns undefined when there is no such payment method. */
export const behaviourOf = (paymentMethod: string): CardBehaviour | undefined =>
  behaviours.get(paymentMethod);
