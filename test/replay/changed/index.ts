import { sleep } from '@temporalio/workflow';
import type { OrderInput } from '../../../src/workflows/messages.js';
import { order as unchanged } from '../../../src/workflows/order.js';

/** A change that running orders do not survive: a timer before everything else. */
export async function order(input: OrderInput) {
  await sleep(1);
  return unchanged(input);
}
