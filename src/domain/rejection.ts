/** Why an order may be refused, and what its buyer is told about that. */
export const rejections = {
  out_of_stock: 'The goods are sold out, and we do not know when they will be there again.',
  payment_declined: 'Your bank declined the payment.',
  payment_not_confirmed: 'The payment was not confirmed in time.',
  not_shippable: 'The carrier cannot deliver to the address.',
  not_approved:
    'We cannot accept this order. If you think that we should, please answer this mail.',
  approval_expired: 'We did not manage to check it in time. Please order again.',
  code_not_confirmed: 'It was not confirmed with the code that we sent you.',
} as const satisfies Readonly<Record<string, string>>;

export type RejectionReason = keyof typeof rejections;

export const rejectionReasons = Object.keys(rejections) as readonly RejectionReason[];
