import type { ErrorRequestHandler } from 'express';
import { isDatabaseUnavailable } from '../db/availability.js';
import { problem, type Problem } from './problem.js';
import { send } from './reply.js';
import { Refusal } from './request.js';

/** Answers a thrown error with a problem. The error's text stays in the log. */
export const answerFailures: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const failure = failureOf(error);
  if (failure.code === 'internal_error' || failure.code === 'database_unavailable') {
    response.err = error instanceof Error ? error : new Error('thrown without an error');
  }
  send(response, failure);
};

function failureOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const { type = '', status } = readerError(error);
  if (type === 'entity.too.large') return problem('body_too_large');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') {
    return problem('unsupported_media_type');
  }
  if (status !== undefined && status >= 400 && status < 500) return problem('malformed_request');
  return problem(isDatabaseUnavailable(error) ? 'database_unavailable' : 'internal_error');
}

/** What Express and its body reader put on their errors. */
const readerError = (error: unknown): { readonly type?: string; readonly status?: number } =>
  typeof error === 'object' && error !== null ? error : {};
