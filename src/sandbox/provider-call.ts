import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Router, type Request, type RequestHandler, type Response } from 'express';

import { commit, type Context } from './context.js';
import type { Fault, Operation } from './faults.js';
import type { Change, StoredObject } from './store.js';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a provider decided: its answer, and what changed with it. */
export interface Outcome {
  readonly answer: Answer;
  readonly change?: Change;
  /** Whether the idempotency key is bound to this answer. */
  readonly stored: boolean;
}

/** What comes with every call that may change something. */
export interface Call {
  readonly key: string | undefined;
  /** A fault that makes the provider refuse what it would have accepted. */
  readonly forced: 'decline' | 'refuse' | undefined;
}

/** The answers that every provider has, in the shape of one. */
export interface Protocol {
  readonly service: 'payments' | 'carrier';
  readonly keyInUse: Answer;
  readonly keyMismatch: Answer;
  readonly serverError: Answer;
  /** For a request without an API key. */
  readonly noKey: Answer;
}

/** Any key will do. @param noKey the answer to a request without one */
export const requireKey =
  (noKey: Answer): RequestHandler =>
  (request, response, next) => {
    if (/^(Basic|Bearer) \S+/.test(request.get('authorization') ?? '')) next();
    else send(response, noKey);
  };

/** A request that may change something. */
export interface Mutation {
  readonly operation: Operation;
  /** The object that it changes; undefined when it makes a new one. */
  readonly rootId: string | undefined;
  /** For a new object; that of another one is known. */
  readonly orderId?: string | null;
  /** Pure except for new ids and the clock: the caller writes the change. */
  readonly decide: (objects: readonly StoredObject[], call: Call) => Outcome;
}

export interface Found {
  readonly answer: Answer;
  readonly orderId: string | null;
}

export interface Routes {
  /** By path. */
  readonly writes: Readonly<Record<string, (request: Request, context: Context) => Mutation>>;
  /** The requests that change nothing, by path. */
  readonly reads: Readonly<Record<string, (context: Context, request: Request) => Promise<Found>>>;
}

/** A provider over HTTP. @param body reads the body of a request */
export function providerRouter(
  context: Context,
  protocol: Protocol,
  body: RequestHandler,
  { writes, reads }: Routes,
): Router {
  const router = Router();
  router.use(requireKey(protocol.noKey), body);
  for (const [path, mutationOf] of Object.entries(writes)) {
    router.post(path, (request: Request, response: Response) =>
      mutate(context, protocol, { request, response, mutation: mutationOf(request, context) }),
    );
  }
  const { service, serverError } = protocol;
  for (const [path, read] of Object.entries(reads)) {
    router.get(path, async (request: Request, response: Response) => {
      const { answer, orderId } = await read(context, request);
      const fault = await context.faults.take({ service, operation: 'lookup', orderId });
      const seen = fault?.kind === 'error_500' ? serverError : answer;
      await deliver(context, response, { ...seen, fault });
    });
  }
  return router;
}

interface Reply extends Answer {
  readonly replayed?: boolean;
  /** The fault that struck; a delay or a cut connection is still to come. */
  readonly fault?: Fault | undefined;
}

/** Carries a mutation from its idempotency key to its answer, through the faults that are set. */
async function mutate(
  context: Context,
  protocol: Protocol,
  call: { readonly request: Request; readonly response: Response; readonly mutation: Mutation },
): Promise<void> {
  const { request, response, mutation } = call;
  const { rootId } = mutation;
  const key = request.get('idempotency-key');
  const running = `${protocol.service} ${key}`;
  if (key !== undefined && context.runningKeys.has(running)) {
    send(response, protocol.keyInUse);
    return;
  }
  if (key !== undefined) context.runningKeys.add(running);
  try {
    const rootIds = rootId === undefined ? [] : [rootId];
    const reply = await context.locks.exclusive(rootIds, () =>
      decide(context, protocol, { mutation, rootIds, key, fingerprint: fingerprintOf(request) }),
    );
    await deliver(context, response, reply);
  } finally {
    context.runningKeys.delete(running);
  }
}

async function decide(
  context: Context,
  { service, keyMismatch, serverError }: Protocol,
  call: {
    readonly mutation: Mutation;
    readonly rootIds: readonly string[];
    readonly key: string | undefined;
    readonly fingerprint: string;
  },
): Promise<Reply> {
  const { mutation, key, fingerprint } = call;
  const { operation } = mutation;
  const { answer, objects } = await context.store.load(service, key, call.rootIds);
  const orderId = mutation.orderId ?? objects[0]?.orderId ?? null;
  if (orderId !== null) context.calls.add(orderId, `${service}.${operation}`);
  if (answer !== null && answer.fingerprint !== fingerprint) return keyMismatch;
  const replay = answer !== null;
  const fault = await context.faults.take({ service, operation, orderId, replay });
  if (fault?.kind === 'down' || fault?.kind === 'error_500') return { ...serverError, fault };
  if (answer !== null) return { ...answer, replayed: true, fault };
  const forced = fault?.kind === 'decline' || fault?.kind === 'refuse' ? fault.kind : undefined;
  const outcome = mutation.decide(objects, { key, forced });
  const stored = key !== undefined && outcome.stored;
  const answers = stored ? [{ service, key, fingerprint, ...outcome.answer }] : [];
  if (outcome.change !== undefined || stored) await commit(context, { ...outcome.change, answers });
  return { ...outcome.answer, fault };
}

async function deliver(context: Context, response: Response, reply: Reply): Promise<void> {
  if (await isAnswered(context, reply.fault)) send(response, reply);
  else response.socket?.destroy();
}

/** Waits as long as an answer takes. @returns false when there is none: the connection is cut */
export async function isAnswered(
  { latencyMs, stopping }: Context,
  fault: Fault | undefined,
): Promise<boolean> {
  if (fault?.kind === 'down') return false;
  const delayMs = latencyMs + (fault?.kind === 'delay' ? fault.delay_ms : 0);
  const isAwake =
    delayMs === 0 || (await pause(delayMs, true, { signal: stopping }).catch(() => false));
  return isAwake && fault?.kind !== 'drop_response';
}

export function send(response: Response, { status, body, replayed }: Reply): void {
  if (replayed === true) response.set('idempotent-replayed', 'true');
  response.status(status).json(body);
}

/** Two requests are the same when method, path and body are. */
function fingerprintOf(request: Request): string {
  const text = `${request.method} ${request.originalUrl} ${JSON.stringify(sorted(request.body))}`;
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
