import type { RunningStack } from '../support/running-stack.js';

/** An order that went all the way, whatever was in the way of others. @returns its id */
export async function deliveredOrder(running: RunningStack): Promise<string> {
  await running.noFaults();
  const { id } = await running.placeOrder();
  await running.waitForStatus(id, 'delivered');
  return id;
}
