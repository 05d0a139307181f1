import type { z } from 'zod';
import { problem, type FieldError, type Problem } from '../problem.js';

export type Parsed<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problem: Problem };

/** Enough to repair a request with; a body can hold thousands of mistakes. */
const maxErrors = 50;

/** The body by its schema, or a 422 that points at every mistake. */
export const parseBody = <Schema extends z.ZodType>(schema: Schema, body: unknown) =>
  parse(schema, body, (issues) =>
    problem('validation_failed', {
      errors: fieldErrors(issues).map(({ path, ...error }) => ({
        pointer: pointer(path),
        ...error,
      })),
    }),
  );

/** The query by its schema, or a 400 that names every wrong parameter. */
export const parseQuery = <Schema extends z.ZodType>(schema: Schema, query: unknown) =>
  parse(schema, query, (issues) =>
    problem('invalid_query', {
      errors: fieldErrors(issues).map(({ path, ...error }) => ({
        parameter: String(path[0]),
        ...error,
      })),
    }),
  );

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  refusal: (issues: readonly z.core.$ZodIssue[]) => Problem,
): Parsed<z.infer<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { kind: 'valid', value: result.data };
  return { kind: 'invalid', problem: refusal(result.error.issues) };
}

/** A JSON pointer, as in `/lines/0/quantity`. */
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

type LocatedError = Omit<FieldError, 'pointer' | 'parameter'> & {
  readonly path: readonly PropertyKey[];
};

const fieldErrors = (issues: readonly z.core.$ZodIssue[]): readonly LocatedError[] =>
  issues.flatMap(located).slice(0, maxErrors);

function located(issue: z.core.$ZodIssue): readonly LocatedError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: issue.path, code: issue.code, detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    code: 'unknown_member',
    detail: 'is not known here',
  }));
}
