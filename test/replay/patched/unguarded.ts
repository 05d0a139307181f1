import { sleep } from '@temporalio/workflow';
import type { OrderInput } from '../../../src/workflows/messages.js';
import { order as today } from '../../../src/workflows/order.js';

/**
 * The change: an order pauses before everything else. Orders that began without the pause do not
 * survive it. Only when none of them is open, nor any that knows the patch's mark, does it stand alone.
 */
export async function order(input: OrderInput) {
  await sleep('1 ms');
  return today(input);
}
