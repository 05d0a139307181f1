import type { OrderChanges } from '../described.js';
import { type Expected, isSameBag } from './expectation.js';
import type { PlacedOrder } from './placed-order.js';
import { StackClient, type StackClientOptions } from './stack-client.js';
import { messageOf } from '../../src/up/part.js';

/** One path that an order can take, to be played on a running stack. */
export interface Example {
  readonly name: string;
  /** One line: what it shows. */
  readonly summary: string;
  /** What one should know to follow it. */
  readonly story: string;
  /** What is out of the ordinary in its order; the rest is the order of the README. */
  readonly order?: OrderChanges | ((stack: StackClient) => Promise<OrderChanges>);
  /** The facts that its steps wait for, once each. */
  readonly until?: readonly string[];
  readonly steps?: (order: PlacedOrder) => Promise<unknown>;
  readonly expected: Expected;
}

export interface ExampleOutcome {
  /** What is not as described; empty when the path ended as it should. */
  readonly differences: readonly string[];
  /** The order that was played first, if one was placed at all. */
  readonly order: PlacedOrder | undefined;
}

/** How long an order may take to end after the last request; the longest deadline of the demo level is 20 s. */
const endLimitMs = 45_000;

/** Plays one path from start to end, and cleans up in any case. */
export async function runExample(
  example: Example,
  options: StackClientOptions,
): Promise<ExampleOutcome> {
  const stack = new StackClient(options);
  const differences = await playToTheEnd(example, stack).catch((error: unknown) => [
    messageOf(error),
  ]);
  await stack.cleanUp().catch((error: unknown) => {
    options.print(`Not everything could be cleaned up: ${messageOf(error)}`);
  });
  return { differences, order: stack.orders[0] };
}

async function playToTheEnd(
  { order: changes = {}, until = [], steps, expected }: Example,
  stack: StackClient,
): Promise<readonly string[]> {
  const order = await stack.place(
    typeof changes === 'function' ? await changes(stack) : changes,
    until,
  );
  await steps?.(order);
  const found = await order.compareWith(expected, endLimitMs);
  const payments = await order.payments();
  if (isSameBag(payments, expected.payments)) return found;
  return [...found, `the payment provider's ledger says: ${payments.join(', ')}`];
}
