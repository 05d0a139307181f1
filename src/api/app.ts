import express, { type Express, type RequestHandler, type ErrorRequestHandler } from 'express';
import helmet from 'helmet';
import type { ApiDependencies } from './dependencies.js';
import { addEndpoint, endpoints, teamEndpoints } from './endpoints.js';
import { problem, type Problem } from './problem.js';
import { answering, send } from './reply.js';
import { logRequests } from './request-log.js';
import { isDatabaseUnavailable } from '../db/availability.js';
import { Refusal } from './request.js';

/** Puts the app together; nothing runs yet. */
export function createApp(api: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(logRequests(api.log), api.metrics.measure, headers, noStore);
  for (const [path, endpoint] of [...Object.entries(endpoints), ...teamEndpoints(api)]) {
    addEndpoint(app, path, endpoint, api);
  }
  app.use(answering(() => problem('route_not_found')));
  app.use(answerFailures);
  return app;
}

// Whatever ends the TLS connection sets Strict-Transport-Security.
const headers = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  strictTransportSecurity: false,
});

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** Answers a thrown error with a problem. The error's text stays in the log. */
const answerFailures: ErrorRequestHandler = (error: unknown, _request, response, next) => {
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
