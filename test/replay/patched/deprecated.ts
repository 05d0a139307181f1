import { deprecatePatch, sleep } from '@temporalio/workflow';
import type { OrderInput } from '../../../src/workflows/messages.js';
import { order as today } from '../../../src/workflows/order.js';

/** The old branch is gone, as no order of it is open. Orders whose history has the mark go on. */
export async function order(input: OrderInput) {
  deprecatePatch('pause-first');
  await sleep('1 ms');
  return today(input);
}
