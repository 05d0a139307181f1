import type { Request } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import type { Found } from '../provider-call.js';
import type { StoredObject } from '../store.js';
import { failure, notFound } from './errors.js';
import { shipmentIn, shownShipment, trackerIn, type Shipment } from './shipment.js';

const candidates = 20;
const listQuery = z.object({
  page_size: z.coerce.number().int().min(1).max(100).default(20),
  before_id: z.string().optional(),
  purchased: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
});

const withLabel = [{ path: ['postage_label', 'object'], text: 'PostageLabel' }];
const nothing: Found = { answer: notFound, orderId: null };

/** The requests that only read. */
export const lookups = {
  '/shipments': listShipments,
  '/shipments/:id': (context: Context, request: Request) => findShipment(context, idIn(request)),
  '/trackers/:id': (context: Context, request: Request) => findTracker(context, idIn(request)),
};

const idIn = (request: Request): string => String(request.params['id']);

/** By id, or by reference. */
async function findShipment(context: Context, name: string): Promise<Found> {
  const { objects } = await context.store.load('carrier', undefined, [name]);
  const byId = shipmentIn(objects);
  if (byId !== undefined) return found(objects, shownShipment(byId, trackerIn(objects)));
  const filter = { kind: 'shipment', alias: name, limit: candidates } as const;
  const named = bestOf(await context.store.select(filter));
  return named === undefined ? nothing : findShipment(context, named.id);
}

/** Of several shipments with one reference the one with a label counts, else the newest. */
const bestOf = (newestFirst: readonly StoredObject[]): StoredObject | undefined =>
  newestFirst.find(({ body }) => (body as Shipment).postage_label !== null) ?? newestFirst[0];

/** By id, or by tracking code. */
async function findTracker(context: Context, name: string): Promise<Found> {
  const { objects } = await context.store.load('carrier', undefined, [name]);
  const byId = trackerIn(objects);
  if (byId?.id === name) return found(objects, byId);
  const filter = { kind: 'tracker', alias: name, limit: 1 } as const;
  const byCode = await context.store.select(filter);
  return byCode[0] === undefined ? nothing : found(byCode, byCode[0].body);
}

async function listShipments(context: Context, request: Request): Promise<Found> {
  const parsed = listQuery.safeParse(request.query);
  if (!parsed.success) {
    return { answer: failure(422, 'PARAMETER.INVALID', 'Parameters were invalid.'), orderId: null };
  }
  const { page_size: size, before_id: beforeId, purchased } = parsed.data;
  const limit = size + 1;
  const bodyTexts = purchased ? withLabel : [];
  const page = await context.store.select({ kind: 'shipment', beforeId, bodyTexts, limit });
  const ids = page.slice(0, size).map(({ id }) => id);
  const { objects } = await context.store.load('carrier', undefined, ids);
  const shipments = ids.map((id) => withTracker(id, objects));
  const body = { shipments, has_more: page.length > size };
  return { answer: { status: 200, body }, orderId: null };
}

function withTracker(id: string, objects: readonly StoredObject[]) {
  const own = objects.filter((object) => object.id === id || object.parentId === id);
  return shownShipment(shipmentIn(own) as Shipment, trackerIn(own));
}

const found = (objects: readonly StoredObject[], body: unknown): Found => ({
  answer: { status: 200, body },
  orderId: objects[0]?.orderId ?? null,
});
