import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { exampleOrder } from '../src/up/demo.js';
import { within } from '../src/up/wait.js';
import type { Deliveries } from './deliveries.js';
import type { Trip } from './report.js';

const acceptLimitMs = 15_000;
const endLimitMs = 60_000;

/** Carries one order or workflow from the request to its end. */
export type Drive = () => Promise<Trip>;

/** Keeps `concurrency` of them under way until `count` have ended. */
export async function closedLoop(
  count: number,
  concurrency: number,
  drive: Drive,
): Promise<readonly Trip[]> {
  const trips: Trip[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      trips.push(await drive());
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return trips;
}

/**
 * Places an order over HTTP and waits until the service's own database says that it has ended. One
 * that does not end within the limit throws: no figure counts then.
 */
export const orderDrive =
  (apiUrl: string, dispatch: 'local_first' | 'remote', deliveries: Deliveries): Drive =>
  async () => {
    const sentAtMs = Date.now();
    const begin = performance.now();
    const response = await fetch(`${apiUrl}/v1/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        'x-order-dispatch': dispatch,
      },
      body: JSON.stringify(exampleOrder),
      signal: AbortSignal.timeout(acceptLimitMs),
    });
    const acceptedAfterMs = performance.now() - begin;
    const body = (await response.json()) as { readonly id?: string };
    if (response.status !== 202 || body.id === undefined) {
      throw new Error(`An order was answered with ${response.status}`);
    }
    await deliveries.ended(body.id, endLimitMs);
    return { orderId: body.id, sentAtMs, acceptedAfterMs };
  };

/** Starts the empty workflow without HTTP or database in between: the lowest floor there is. */
export const emptyDrive =
  (client: Client, taskQueue: string): Drive =>
  async () => {
    const sentAtMs = Date.now();
    const begin = performance.now();
    const workflowId = `empty-${randomUUID()}`;
    const handle = await client.workflow.start('empty', { workflowId, taskQueue });
    const acceptedAfterMs = performance.now() - begin;
    await within(handle.result(), endLimitMs, 'an empty workflow');
    const deliveredAfterMs = performance.now() - begin;
    return { orderId: workflowId, sentAtMs, acceptedAfterMs, deliveredAfterMs };
  };
