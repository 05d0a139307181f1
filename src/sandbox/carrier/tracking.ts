import { Router } from 'express';

import { commit, type Context } from '../context.js';
import { startPollingLoop, type PollingLoop } from '../../runtime/polling-loop.js';
import type { StoredObject } from '../store.js';
import type { ProviderEvent } from '../webhooks/deliveries.js';
import { dueAfter, nextStop, type Pace } from './journey.js';
import type { Shipment } from './shipment.js';
import {
  advanced,
  storedTracker,
  trackerUpdated,
  trackingPath,
  type Tracker,
  type TrackerStatus,
} from './tracker.js';

const batchSize = 200;
const spacingMs = 5;
const retryCapMs = 500;

/** Moves every parcel whose next step is due, a bounded number at a time. */
export const startTracking = (context: Context): PollingLoop =>
  startPollingLoop({
    round: async () => (await moveDueParcels(context)) === batchSize,
    pollMs: Math.min(250, Math.max(20, context.pace.stepMs / 4)),
    lingerMs: spacingMs,
    retryCapMs,
    onError: (error) => {
      context.log('tracking failed, will try again', { error });
    },
  });

async function moveDueParcels(context: Context): Promise<number> {
  const due = await context.store.due(Date.now(), batchSize);
  if (due.length === 0) return 0;
  const shipmentIds = due.map(({ parentId }) => parentId);
  await context.locks.exclusive(shipmentIds, async () => {
    const { objects } = await context.store.load('carrier', undefined, shipmentIds);
    const nowMs = Date.now();
    const ready = objects.filter(({ dueMs }) => dueMs != null && dueMs <= nowMs);
    await keep(
      context,
      ready.flatMap((object) => stepOf(parcelOf(object, objects), context.pace)),
    );
  });
  return due.length;
}

/** A tracker as it is stored, and the shipment that it belongs to. */
interface Parcel {
  readonly object: StoredObject;
  readonly tracker: Tracker;
  readonly shipment: Shipment;
}

function parcelOf(object: StoredObject, objects: readonly StoredObject[]): Parcel {
  const shipment = objects.find(({ id }) => id === object.parentId)?.body as Shipment;
  return { object, tracker: object.body as Tracker, shipment };
}

interface Step {
  readonly object: StoredObject;
  readonly event?: ProviderEvent;
}

function stepOf(parcel: Parcel, pace: Pace): readonly Step[] {
  const { object, shipment, tracker } = parcel;
  const stop = nextStop(shipment, tracker.status);
  if (stop === undefined) return [{ object: { ...object, dueMs: null } }];
  return [moved(parcel, stop, dueAfter(shipment, stop.status, pace))];
}

interface Report {
  readonly status: TrackerStatus;
  readonly detail?: string | undefined;
}

function moved(parcel: Parcel, { status, detail }: Report, dueMs: number | null): Step {
  const { orderId } = parcel.object;
  const tracker = advanced(parcel.tracker, status, detail);
  return {
    object: storedTracker(tracker, orderId, dueMs),
    event: trackerUpdated(tracker, orderId, parcel.tracker.status),
  };
}

const keep = (context: Context, steps: readonly Step[]): Promise<void> =>
  commit(context, {
    objects: steps.map(({ object }) => object),
    events: steps.flatMap(({ event }) => (event === undefined ? [] : [event])),
  });

/**
 * Reports a scan by hand. A stopped parcel stays stopped.
 * @returns the tracker after it, or undefined when no parcel has this tracking number.
 */
export const scan = (
  context: Context,
  trackingNumber: string,
  report: Report,
): Promise<Tracker | undefined> =>
  changed(context, trackingNumber, (parcel) => {
    const { shipment, tracker, object } = parcel;
    const isStopped = object.dueMs === null && nextStop(shipment, tracker.status) !== undefined;
    const dueMs = dueAfter(shipment, report.status, context.pace);
    return moved(parcel, report, isStopped ? null : dueMs);
  });

/**
 * Stops a parcel: from now on it moves, and is reported, by hand only.
 * @returns the tracker, or undefined when no parcel has this tracking number.
 */
export const stop = (context: Context, trackingNumber: string): Promise<Tracker | undefined> =>
  changed(context, trackingNumber, ({ object }) => ({ object: { ...object, dueMs: null } }));

async function changed(
  context: Context,
  trackingNumber: string,
  change: (parcel: Parcel) => Step,
): Promise<Tracker | undefined> {
  const filter = { kind: 'tracker', alias: trackingNumber, limit: 1 } as const;
  const shipmentId = (await context.store.select(filter))[0]?.parentId;
  if (shipmentId == null) return undefined;
  return context.locks.exclusive([shipmentId], async () => {
    const { objects } = await context.store.load('carrier', undefined, [shipmentId]);
    const object = objects.find(({ kind }) => kind === 'tracker');
    if (object === undefined) return undefined;
    const step = change(parcelOf(object, objects));
    await keep(context, [step]);
    return step.object.body as Tracker;
  });
}

/** The page behind a tracker's `public_url`: plain text, without a key. */
export function trackingPages({ store }: Context): Router {
  const router = Router();
  router.get(trackingPath(':number'), async (request, response) => {
    const filter = { kind: 'tracker', alias: String(request.params['number']), limit: 1 } as const;
    const tracker = (await store.select(filter))[0]?.body as Tracker | undefined;
    response.type('text').set('cache-control', 'no-store');
    if (tracker === undefined) response.status(404).send('There is no such parcel.\n');
    else response.send(`${linesOf(tracker).join('\n')}\n`);
  });
  return router;
}

const linesOf = (tracker: Tracker): readonly string[] => [
  `${tracker.carrier} ${tracker.tracking_code}`,
  '',
  ...tracker.tracking_details.map(({ datetime, message }) => `${datetime}  ${message}`),
];
