import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Request, RequestHandler, Response, Router } from 'express';

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

/** A fault that makes the provider refuse what it would have accepted. */
export type Forced = 'decline' | 'refuse' | undefined;

/** The answers that every provider has, in the shape of one. */
export interface Protocol {
  readonly service: 'payments' | 'carrier';
  readonly keyInUse: Answer;
  readonly keyMismatch: Answer;
  readonly serverError: Answer;
  /** For a request without an API key. */
  readonly noKey: Answer;
}

/** Any key will do. */
export const requireKey =
  ({ noKey }: Protocol): RequestHandler =>
  (request, response, next) => {
    if (/^(Basic|Bearer) \S+/.test(request.get('authorization') ?? '')) next();
    else response.status(noKey.status).json(noKey.body);
  };

/** A request that may change something. */
export interface Mutation {
  readonly operation: Operation;
  /** The object that it changes; undefined when it makes a new one. */
  readonly rootId: string | undefined;
  readonly orderIdOf: (objects: readonly StoredObject[]) => string | null;
  /** Pure except for new ids and the clock: the caller writes the change. */
  readonly decide: (objects: readonly StoredObject[], forced: Forced) => Outcome;
}

interface Reply extends Answer {
  readonly replayed: boolean;
  /** The fault that struck; a delay or a cut connection is still to come. */
  readonly fault: Fault | undefined;
}

/** Carries a mutation from its idempotency key to its answer, through the faults that are set. */
export async function mutate(
  context: Context,
  protocol: Protocol,
  call: { readonly request: Request; readonly response: Response; readonly mutation: Mutation },
): Promise<void> {
  const { request, response, mutation } = call;
  const key = request.get('idempotency-key');
  const running = `${protocol.service} ${key}`;
  if (key !== undefined && context.runningKeys.has(running)) {
    send(response, { ...protocol.keyInUse, replayed: false, fault: undefined });
    return;
  }
  if (key !== undefined) context.runningKeys.add(running);
  try {
    const rootIds = mutation.rootId === undefined ? [] : [mutation.rootId];
    const reply = await context.locks.exclusive(rootIds, () =>
      decide(context, protocol, { mutation, key, fingerprint: fingerprintOf(request) }),
    );
    await deliver(context, response, reply);
  } finally {
    context.runningKeys.delete(running);
  }
}

export interface Found {
  readonly answer: Answer;
  readonly orderId: string | null;
}

/** Adds the requests that change nothing, by their paths. */
export function addReads(
  router: Router,
  context: Context,
  protocol: Protocol,
  reads: Readonly<Record<string, (context: Context, request: Request) => Promise<Found>>>,
): void {
  const { service } = protocol;
  for (const [path, read] of Object.entries(reads)) {
    router.get(path, async (request: Request, response: Response) => {
      const { answer, orderId } = await read(context, request);
      const fault = await context.faults.take({ service, operation: 'lookup', orderId });
      const seen = fault?.kind === 'error_500' ? protocol.serverError : answer;
      await deliver(context, response, { ...seen, replayed: false, fault });
    });
  }
}

async function decide(
  context: Context,
  protocol: Protocol,
  call: {
    readonly mutation: Mutation;
    readonly key: string | undefined;
    readonly fingerprint: string;
  },
): Promise<Reply> {
  const { mutation, key, fingerprint } = call;
  const { service } = protocol;
  const rootIds = mutation.rootId === undefined ? [] : [mutation.rootId];
  const { answer, objects } = await context.store.load(service, key, rootIds);
  const orderId = mutation.orderIdOf(objects);
  if (orderId !== null) context.calls.add(orderId, `${service}.${mutation.operation}`);
  if (answer !== null && answer.fingerprint !== fingerprint) {
    return { ...protocol.keyMismatch, replayed: false, fault: undefined };
  }
  const fault = await context.faults.take({
    service,
    operation: mutation.operation,
    orderId,
    replay: answer !== null,
  });
  if (fault?.kind === 'down' || fault?.kind === 'error_500') {
    return { ...protocol.serverError, replayed: false, fault };
  }
  if (answer !== null) return { ...answer, replayed: true, fault };
  const outcome = mutation.decide(objects, forcedBy(fault));
  const stored = key !== undefined && outcome.stored;
  await commitOutcome(context, outcome, stored ? [{ service, key, fingerprint }] : []);
  return { ...outcome.answer, replayed: false, fault };
}

async function commitOutcome(
  context: Context,
  { answer, change }: Outcome,
  keys: readonly { service: string; key: string; fingerprint: string }[],
): Promise<void> {
  if (change === undefined && keys.length === 0) return;
  await commit(context, { ...change, answers: keys.map((key) => ({ ...key, ...answer })) });
}

const forcedBy = (fault: Fault | undefined): Forced =>
  fault?.kind === 'decline' || fault?.kind === 'refuse' ? fault.kind : undefined;

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

function send(response: Response, { status, body, replayed }: Reply): void {
  if (replayed) response.set('idempotent-replayed', 'true');
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
