import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { z } from 'zod';
import { isOrderId, type OrderId } from '../domain/ids.js';
import { problem, type FieldError, type Problem } from './problem.js';
import type { ProblemCode, ProblemDetails } from './problem.js';

/** Ends a request with a problem from anywhere in its handler; `answerFailures` sends it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export function refuse(code: ProblemCode, details?: ProblemDetails): never {
  throw new Refusal(problem(code, details));
}

/** @throws Refusal when there is nothing */
export const found = <T>(value: T | undefined, missing: ProblemCode): T => value ?? refuse(missing);

/** The id in the request's address. @throws Refusal when nothing can have such an id */
export function idIn<Id extends string = string>(
  { params: { id } }: Request,
  isId: ((text: string) => text is Id) | ((text: string) => boolean),
  missing: ProblemCode,
): Id {
  return typeof id === 'string' && isId(id) ? (id as Id) : refuse(missing);
}

export const orderIdIn = (request: Request): OrderId => idIn(request, isOrderId, 'order_not_found');

const keyPattern = /^[\x20-\x7e]{16,255}$/;

/** @throws Refusal when there is no key, or not a valid one */
export const idempotencyKey = (request: Request): string =>
  validKey(request.get('Idempotency-Key') || refuse('idempotency_key_missing'));

/** The key of a request that needs none. @throws Refusal when it is not valid */
export function optionalKey(request: Request): string | undefined {
  const key = request.get('Idempotency-Key');
  return key === undefined ? undefined : validKey(key);
}

const validKey = (key: string): string =>
  keyPattern.test(key)
    ? key
    : refuse('idempotency_key_invalid', {
        detail: 'A key has 16 to 255 printable ASCII characters.',
      });

/** Longer waits are cut to this; a client polls when it wants to know more. */
const maxWaitSeconds = 30;

/** Seconds of `Prefer: wait=N`, at most 30; 0 when the client does not want to wait. */
export function preferredWaitSeconds(request: Request): number {
  const match = /(?:^|,)\s*wait=(\d{1,6})\s*(?:[,;]|$)/i.exec(request.get('Prefer') ?? '');
  return Math.min(Number(match?.[1] ?? 0), maxWaitSeconds);
}

/** The body by its schema. @throws Refusal: a 422 that points at every mistake */
export const bodyOf = <Schema extends z.ZodType>({ body }: Request, schema: Schema) =>
  parsed(schema, body, 'validation_failed', (path) => ({ pointer: pointer(path) }));

/** The query by its schema. @throws Refusal: a 400 that names every wrong parameter */
export const queryOf = <Schema extends z.ZodType>({ query }: Request, schema: Schema) =>
  parsed(schema, query, 'invalid_query', ([name]) => ({ parameter: String(name) }));

/** Enough to repair a request with; a body can hold thousands of mistakes. */
const maxErrors = 50;

type Path = readonly PropertyKey[];

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ProblemCode,
  placeOf: (path: Path) => Pick<FieldError, 'pointer' | 'parameter'>,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const unknown = { code: 'unknown_member', detail: 'is not known here' };
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ ...placeOf([...issue.path, key]), ...unknown }))
      : [{ ...placeOf(issue.path), code: issue.code, detail: issue.message }],
  );
  return refuse(code, { errors: errors.slice(0, maxErrors) });
}

/** A JSON pointer, as in `/lines/0/quantity`. */
const pointer = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The same for two bodies that say the same, whatever the order of their members. */
export const fingerprint = (body: unknown): string =>
  createHash('sha256').update(JSON.stringify(body, membersInOrder)).digest('hex');

function membersInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
