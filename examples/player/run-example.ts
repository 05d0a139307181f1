import { messageOf } from '../../src/up/part.js';
import type { Example } from './example.js';
import { isSameBag } from './expectation.js';
import type { PlacedOrder } from './placed-order.js';
import { Shop, type ShopOptions } from './shop.js';

export interface ExampleOutcome {
  /** What is not as described; empty when the path ended as it should. */
  readonly differences: readonly string[];
  /** The order that was played first, if one was placed at all. */
  readonly order: PlacedOrder | undefined;
}

/** For what is still to come when everything is said; the longest silence of the demo level is 20 s. */
const endLimitMs = 45_000;

/** Plays one path from start to end, and tidies up whatever happens. */
export async function runExample(example: Example, options: ShopOptions): Promise<ExampleOutcome> {
  const shop = new Shop(options);
  const differences = await playToTheEnd(example, shop).catch((error: unknown) => [
    messageOf(error),
  ]);
  await shop.tidyUp().catch((error: unknown) => {
    options.print(`Not everything could be tidied up: ${messageOf(error)}`);
  });
  return { differences, order: shop.orders[0] };
}

async function playToTheEnd({ play, expected }: Example, shop: Shop): Promise<readonly string[]> {
  const order = await play(shop);
  const found = await order.comparedWith(expected, endLimitMs);
  const payments = await order.payments();
  if (isSameBag(payments, expected.payments)) return found;
  return [...found, `the payment provider's book says: ${payments.join(', ')}`];
}
