/**
 * What share there may be all the same when it was seen not once in so many, with 95 % confidence.
 * The bootstrap says nothing about that: from zeros it draws nothing but zeros.
 */
export const mostWhenNoneIn = (orders: number): number => 1 - 0.05 ** (1 / orders);
