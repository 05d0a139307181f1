import express, { type ErrorRequestHandler, type Express } from 'express';
import { z } from 'zod';

import { carrierRoutes } from './carrier/routes.js';
import { trackingPages } from './carrier/tracking.js';
import type { Context } from './context.js';
import { controlRoutes } from './control.js';
import { inboxRoutes } from './mail/routes.js';
import { paymentRoutes } from './payments/routes.js';
import { textRoutes } from './sms/routes.js';

/** All providers that use HTTP, the control API and the inbox. */
export function httpApp(context: Context): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'extended');
  app.use('/v1', paymentRoutes(context));
  app.use('/easypost/v2', carrierRoutes(context));
  app.use('/2010-04-01', textRoutes(context));
  app.use('/control', controlRoutes(context));
  app.get('/healthz', async (_request, response) => {
    await context.store.pool.query('SELECT 1');
    response.json({ status: 'ok' });
  });
  app.use(inboxRoutes(context), trackingPages(context));
  app.use((_request, response) => {
    response.status(404).json({ error: { code: 'NOT_FOUND', message: 'There is no such path.' } });
  });
  app.use(failed(context));
  return app;
}

const failed =
  (context: Context): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof z.ZodError) {
      response.status(400).json({ error: { message: z.prettifyError(error) } });
      return;
    }
    const status = statusOf(error);
    if (status >= 500) context.log('request failed', { path: request.path, error });
    const type = status >= 500 ? 'api_error' : 'invalid_request_error';
    const message = status >= 500 ? 'An unknown error occurred.' : 'The request cannot be read.';
    response.status(status).json({ error: { type, code: 'REQUEST.FAILED', message, errors: [] } });
  };

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
