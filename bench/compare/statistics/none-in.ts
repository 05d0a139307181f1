/**
 * What share there may be all the same when it was seen not once in so many, with 95 % confidence.
 * The bootstrap says nothing about that: from zeros it draws nothing but zeros.
 */
export const mostWhenNoneIn = (orders: number): number => 1 - 0.05 ** (1 / orders);

/**
 * How many there may be in another run when there was none in so many. Were there more, chance would
 * hardly have put all of them into the other run (Fisher's exact test, 5 %).
 * @param orders in the first run, and in the other one
 */
export function mostAgainAfterNone(orders: number, ordersAgain: number): number {
  let most = 0;
  let chance = 1;
  while (most < ordersAgain) {
    chance *= (ordersAgain - most) / (orders + ordersAgain - most);
    if (chance < 0.05) break;
    most += 1;
  }
  return most;
}
