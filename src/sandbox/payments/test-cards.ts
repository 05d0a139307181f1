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

const fundsMessage = 'Your card has insufficient funds.';
const noFunds: Decline = {
  ...genericDecline,
  decline_code: 'insufficient_funds',
  message: fundsMessage,
};
const cvcMessage = "Your card's security code is incorrect.";
const processingMessage =
  'An error occurred while processing your card. Try again in a little bit.';

const declines: ReadonlyMap<string, Decline> = new Map([
  ['pm_card_visa_chargeDeclined', genericDecline],
  ['pm_card_chargeDeclined', genericDecline],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', noFunds],
  ['pm_card_chargeDeclinedInsufficientFunds', noFunds],
  ['pm_card_visa_chargeDeclinedLostCard', { ...genericDecline, decline_code: 'lost_card' }],
  ['pm_card_visa_chargeDeclinedStolenCard', { ...genericDecline, decline_code: 'stolen_card' }],
  [
    'pm_card_chargeDeclinedExpiredCard',
    { code: 'expired_card', message: 'Your card has expired.' },
  ],
  ['pm_card_chargeDeclinedIncorrectCvc', { code: 'incorrect_cvc', message: cvcMessage }],
  [
    'pm_card_chargeDeclinedProcessingError',
    { code: 'processing_error', message: processingMessage },
  ],
]);
const brands = ['visa', 'visa_debit', 'mastercard', 'amex', 'discover'];
const approved = brands.map((brand) => `pm_card_${brand}`);

/** @returns undefined when there is no such payment method. */
export function behaviourOf(paymentMethod: string): CardBehaviour | undefined {
  if (paymentMethod === 'pm_card_authenticationRequired') return { kind: 'authenticate' };
  if (approved.includes(paymentMethod)) return { kind: 'approve' };
  const decline = declines.get(paymentMethod);
  return decline === undefined ? undefined : { kind: 'decline', decline };
}
