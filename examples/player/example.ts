import type { Expected } from './expectation.js';
import type { PlacedOrder } from './placed-order.js';
import type { StackClient } from './stack-client.js';

/** One path that an order can take, to be played on a running stack. */
export interface Example {
  readonly name: string;
  /** One line: what it shows. */
  readonly summary: string;
  /** What one should know to follow it. */
  readonly story: string;
  /** @returns the order whose timeline is described */
  readonly play: (stack: StackClient) => Promise<PlacedOrder>;
  readonly expected: Expected;
}
