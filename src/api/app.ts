import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { ApiDependencies } from './dependencies.js';
import { addEndpoint } from './endpoint.js';
import { endpoints, teamEndpoints } from './endpoints.js';
import { answerFailures } from './failures.js';
import { problem } from './problem.js';
import { answering } from './reply.js';
import { logRequests } from './request-log.js';

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
