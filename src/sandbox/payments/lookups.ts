import type { Request } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import type { Answer } from '../provider-call.js';
import type { BodyText, ObjectFilter, StoredObject } from '../store.js';
import { eventBody } from '../webhooks/deliveries.js';
import { invalid, missing } from './errors.js';
import { charge, paymentIntent, type Payment } from './payment.js';

const limit = z.coerce.number().int().min(1).max(100).default(10);
const seconds = z.coerce.number().int().optional();
const listQuery = z.object({
  limit,
  starting_after: z.string().optional(),
  created: z
    .union([
      z.object({ gt: seconds, gte: seconds, lt: seconds, lte: seconds }),
      z.coerce.number().transform((at) => ({ gt: undefined, gte: at, lt: undefined, lte: at })),
    ])
    .optional(),
  expand: z.array(z.string()).default([]),
});
const searchQuery = z.object({ limit, query: z.string() });
const refundsQuery = z.object({
  limit,
  payment_intent: z.string().optional(),
  starting_after: z.string().optional(),
});

/** The requests that only read. Unlike at Stripe, a search sees the newest state at once. */
export const lookups = {
  '/payment_intents/search': search,
  '/payment_intents': listPayments,
  '/payment_intents/:id': (context: Context, request: Request) =>
    findOne(context, request, 'payment_intent'),
  '/refunds': listRefunds,
  '/refunds/:id': (context: Context, request: Request) => findOne(context, request, 'refund'),
  '/events/:id': findEvent,
};

async function findOne(context: Context, request: Request, what: 'payment_intent' | 'refund') {
  const id = String(request.params['id']);
  const kind = what === 'refund' ? 'refund' : 'payment';
  const { objects } = await context.store.load('payments', undefined, [id]);
  const object = objects.find((candidate) => candidate.id === id && candidate.kind === kind);
  if (object === undefined) return { answer: missing(what, id), orderId: null };
  return { answer: { status: 200, body: shown(object) }, orderId: object.orderId };
}

async function findEvent(context: Context, request: Request) {
  const id = String(request.params['id']);
  const body = await eventBody(context.store.pool, id);
  if (body === undefined) return { answer: missing('event', id), orderId: null };
  return { answer: { status: 200, body }, orderId: null };
}

async function listPayments(context: Context, request: Request) {
  const parsed = listQuery.safeParse(request.query);
  if (!parsed.success) return { answer: badQuery(parsed.error), orderId: null };
  const { created, starting_after: beforeId, limit, expand } = parsed.data;
  const from = created?.gte ?? plusOne(created?.gt);
  const before = created?.lt ?? plusOne(created?.lte);
  const filter: ObjectFilter = {
    kind: 'payment',
    beforeId,
    createdFromMs: from === undefined ? undefined : from * 1_000,
    createdBeforeMs: before === undefined ? undefined : before * 1_000,
    limit,
  };
  const hasCharges = expand.some((path) => path.startsWith('data.latest_charge'));
  const show = hasCharges ? withCharges : asTheyAre;
  return listed(context, '/v1/payment_intents', filter, show);
}

async function listRefunds(context: Context, request: Request) {
  const parsed = refundsQuery.safeParse(request.query);
  if (!parsed.success) return { answer: badQuery(parsed.error), orderId: null };
  const { payment_intent: parentId, starting_after: beforeId, limit } = parsed.data;
  return listed(context, '/v1/refunds', { kind: 'refund', parentId, beforeId, limit });
}

async function search(context: Context, request: Request) {
  const parsed = searchQuery.safeParse(request.query);
  if (!parsed.success) return { answer: badQuery(parsed.error), orderId: null };
  const filter = parseSearch(parsed.data.query);
  if (filter === undefined) return { answer: badSearch, orderId: null };
  const { limit } = parsed.data;
  const url = '/v1/payment_intents/search';
  const found = await listed(context, url, { kind: 'payment', ...filter, limit });
  const body = { ...found.answer.body, object: 'search_result', next_page: null };
  return { answer: { ...found.answer, body }, orderId: found.orderId };
}

/** Reads one object more than asked for, to know whether there are more. */
async function listed(context: Context, url: string, filter: ObjectFilter, show: Show = asTheyAre) {
  const objects = await context.store.select({ ...filter, limit: filter.limit + 1 });
  const data = await show(context, objects.slice(0, filter.limit));
  const body = { object: 'list', url, has_more: objects.length > filter.limit, data };
  return { answer: { status: 200, body }, orderId: filter.orderId ?? null };
}

type Show = (context: Context, objects: readonly StoredObject[]) => Promise<readonly unknown[]>;

const asTheyAre: Show = (_context, objects) => Promise.resolve(objects.map(shown));

/** Payments that contain their charge, which contains its refunds. */
const withCharges: Show = async (context, payments) => {
  const ids = payments.map(({ id }) => id);
  const { objects } = await context.store.load('payments', undefined, ids);
  return payments.map(({ id, body }) => {
    const refunds = objects.filter(({ kind, parentId }) => kind === 'refund' && parentId === id);
    const data = refunds.map((refund) => refund.body);
    const list = { object: 'list', url: '/v1/refunds', has_more: false, data };
    return paymentIntent(body as Payment, { ...charge(body as Payment), refunds: list });
  });
};

const shown = ({ kind, body }: StoredObject): unknown =>
  kind === 'payment' ? paymentIntent(body as Payment) : body;

const plusOne = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : at + 1;

const badQuery = (error: z.ZodError): Answer =>
  invalid({
    message: error.issues[0]?.message ?? 'Invalid query',
    param: error.issues[0]?.path.join('.') ?? '',
  });

const badSearch = invalid({
  message:
    "We were unable to parse your search query. Use metadata['key']:'value' AND status:'value'.",
  param: 'query',
});

const term =
  /^\s*(?:metadata\["?'?([^\]'"]+)"?'?\]|(status)|(currency))\s*[:=]\s*["']([^"']*)["']\s*$/;

/**
 * Reads a search such as `metadata['order_id']:'ord_1' AND status:'succeeded'`.
 * @returns undefined when it is not understood.
 */
function parseSearch(query: string): Pick<ObjectFilter, 'orderId' | 'bodyTexts'> | undefined {
  let orderId: string | undefined;
  const bodyTexts: BodyText[] = [];
  for (const part of query.split(/\s+AND\s+/i)) {
    const match = term.exec(part);
    if (match === null) return undefined;
    const [, key, status, currency, text = ''] = match;
    if (key === 'order_id') orderId = text;
    else if (key !== undefined) bodyTexts.push({ path: ['metadata', key], text });
    else bodyTexts.push({ path: [status ?? currency ?? ''], text });
  }
  return { orderId, bodyTexts };
}
