import { commit, type Context } from '../context.js';
import { Loop } from '../loop.js';
import type { StoredObject } from '../store.js';
import type { ProviderEvent } from '../webhooks/deliveries.js';
import {
  advanced,
  dueAfter,
  nextStatus,
  storedTracker,
  trackerUpdated,
  type Tracker,
  type TrackerStatus,
} from './tracker.js';

const batchSize = 200;
const spacingMs = 5;

/** Moves every parcel whose next step is due: one loop, a bounded number at a time. */
export function trackingLoop(context: Context): Loop {
  const idleMs = Math.min(250, Math.max(20, context.trackingPaceMs / 4));
  return new Loop({
    name: 'tracking',
    spacingMs,
    log: context.log,
    work: async () => ((await moveDueParcels(context)) === batchSize ? 0 : idleMs),
  });
}

async function moveDueParcels(context: Context): Promise<number> {
  const due = await context.store.due(Date.now(), batchSize);
  if (due.length === 0) return 0;
  const shipmentIds = due.map(({ parentId }) => parentId);
  await context.locks.exclusive(shipmentIds, async () => {
    const { objects } = await context.store.load('carrier', undefined, shipmentIds);
    const nowMs = Date.now();
    const ready = objects.filter(({ dueMs }) => dueMs !== null && dueMs <= nowMs);
    await keep(
      context,
      ready.flatMap((object) => stepOf(object, context.trackingPaceMs)),
    );
  });
  return due.length;
}

interface Step {
  readonly object: StoredObject;
  readonly event?: ProviderEvent;
}

function stepOf(object: StoredObject, paceMs: number): readonly Step[] {
  const tracker = object.body as Tracker;
  const status = nextStatus(tracker.status);
  return [
    status === undefined ? { object: { ...object, dueMs: null } } : moved(object, paceMs, status),
  ];
}

function moved(object: StoredObject, paceMs: number, status: TrackerStatus, detail?: string): Step {
  const before = object.body as Tracker;
  const tracker = advanced(before, status, detail);
  const { orderId } = object;
  return {
    object: storedTracker(tracker, orderId, dueAfter(status, paceMs)),
    event: trackerUpdated(tracker, orderId, before.status),
  };
}

const keep = (context: Context, steps: readonly Step[]): Promise<void> =>
  commit(context, {
    objects: steps.map(({ object }) => object),
    events: steps.flatMap(({ event }) => (event === undefined ? [] : [event])),
  });

/**
 * Reports a scan by hand.
 * @returns the tracker after it, or undefined when no parcel has this tracking number.
 */
export async function scan(
  context: Context,
  trackingNumber: string,
  report: { readonly status: TrackerStatus; readonly detail: string | undefined },
): Promise<Tracker | undefined> {
  const filter = { kind: 'tracker', alias: trackingNumber, limit: 1 } as const;
  const shipmentId = (await context.store.select(filter))[0]?.parentId;
  if (shipmentId === undefined || shipmentId === null) return undefined;
  return context.locks.exclusive([shipmentId], async () => {
    const { objects } = await context.store.load('carrier', undefined, [shipmentId]);
    const object = objects.find(({ kind }) => kind === 'tracker');
    if (object === undefined) return undefined;
    const step = moved(object, context.trackingPaceMs, report.status, report.detail);
    await keep(context, [step]);
    return step.object.body as Tracker;
  });
}
