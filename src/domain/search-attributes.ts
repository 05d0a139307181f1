/** What every order shows in Temporal's list; never personal data, it is not encrypted there. */
export const searchAttributes = {
  OrderStatus: 'Keyword',
  CustomerId: 'Keyword',
  OrderTotalMinor: 'Int',
  NeedsAttention: 'Bool',
} as const satisfies Readonly<Record<string, 'Keyword' | 'Int' | 'Bool'>>;
