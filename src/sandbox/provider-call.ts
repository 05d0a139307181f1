import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Request, Response } from 'express';

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

/** A fault that makes the provider say no, where it would have said yes. */
export type Forced = 'decline' | 'refuse' | undefined;

/** How one provider says the things that every provider says. */
export interface Protocol {
  readonly service: 'payments' | 'carrier';
  readonly keyInUse: Answer;
  readonly keyMismatch: Answer;
  readonly serverError: Answer;
}

/** A request that may change something. */
export interface Mutation {
  readonly operation: Operation;
  /** The object that it is about; undefined when it makes a new one. */
  readonly rootId: string | undefined;
  readonly orderIdOf: (objects: readonly StoredObject[]) => string | null;
  /** Pure but for new ids and the clock: the change is written by the caller. */
  readonly decide: (objects: readonly StoredObject[], forced: Forced) => Outcome;
}

interface Reply extends Answer {
  readonly replayed: boolean;
  /** The fault that struck, for what is left of it to do. */
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

/** Answers a request that changes nothing. */
export async function lookUp(
  context: Context,
  protocol: Protocol,
  call: {
    readonly response: Response;
    readonly read: () => Promise<{ readonly answer: Answer; readonly orderId: string | null }>;
  },
): Promise<void> {
  const { answer, orderId } = await call.read();
  const { service } = protocol;
  const fault = await context.faults.take({ service, operation: 'lookup', orderId });
  const seen = fault?.kind === 'error_500' ? protocol.serverError : answer;
  await deliver(context, call.response, { ...seen, replayed: false, fault });
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
  const { fault } = reply;
  const delayMs = context.latencyMs + (fault?.kind === 'delay' ? fault.delay_ms : 0);
  const awake = fault?.kind === 'down' || (await waited(delayMs, context.stopping));
  if (!awake || fault?.kind === 'down' || fault?.kind === 'drop_response') {
    response.socket?.destroy();
    return;
  }
  send(response, reply);
}

/** @returns false when the sandbox stopped meanwhile. */
export async function waited(delayMs: number, stopping: AbortSignal): Promise<boolean> {
  if (delayMs === 0) return true;
  return pause(delayMs, true, { signal: stopping }).catch(() => false);
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
