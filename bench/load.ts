import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { within } from '../src/runtime/deadline.js';
import type { Trip } from './report.js';
import type { ShopClient } from './shop-client.js';
import type { EndedOrder, Watch } from './watch.js';

/** For an order to end, and for each thing that is waited for on its way. */
export const endLimitMs = 60_000;

/**
 * Carries one order or workflow from the request to its end.
 * @param index counts them from 0
 */
export type Drive = (index: number) => Promise<Trip>;

/** Keeps `concurrency` of them under way until `count` have ended. */
export async function closedLoop<Result = Trip>(
  count: number,
  concurrency: number,
  drive: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const trips: Result[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      const index = begun;
      begun += 1;
      trips.push(await drive(index));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return trips;
}

/** Begins `count` of them at a steady rate, however many are under way, and waits for all. */
export async function openLoop<Result = Trip>(
  count: number,
  perSecond: number,
  drive: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const beganMs = performance.now();
  const trips: Promise<Result>[] = [];
  for (let index = 0; index < count; index += 1) {
    await sleep(Math.max(0, beganMs + (1_000 * index) / perSecond - performance.now()));
    const trip = drive(index);
    // Its failure is told at the end; until then nobody waits for it.
    trip.catch(() => undefined);
    trips.push(trip);
  }
  return Promise.all(trips);
}

/**
 * Places an order over HTTP and waits until the service's own database says that it has ended. One
 * that does not end within the limit throws: no figure counts then.
 */
export const orderDrive =
  (shop: ShopClient, ends: Watch<EndedOrder>): Drive =>
  async (index) => {
    const placed = await shop.placeOrder(index);
    await ends.until(placed.orderId, () => true, endLimitMs);
    return placed;
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
    const endedAfterMs = performance.now() - begin;
    return { orderId: workflowId, sentAtMs, acceptedAfterMs, endedAfterMs };
  };
