import express, { type Express, type RequestHandler } from 'express';
import { problem } from './problem.js';
import { answering, send, type Handler } from './reply.js';

const bodyLimitBytes = 256 * 1_024;

const allowedOf = { get: 'GET, HEAD', post: 'POST', delete: 'DELETE' } as const;
const methods = ['get', 'post', 'delete'] as const;

/** An address and its methods; any other method is told which ones there are. */
export function endpoint(
  app: Express,
  path: string,
  handlers: Readonly<Partial<Record<(typeof methods)[number], readonly RequestHandler[]>>>,
): void {
  const route = app.route(path);
  const known = methods.filter((method) => handlers[method] !== undefined);
  for (const method of known) route[method](...(handlers[method] ?? []));
  const allowed = known.map((method) => allowedOf[method]).join(', ');
  const refuse: Handler = () => problem('method_not_allowed', { headers: { Allow: allowed } });
  route.all(answering(refuse));
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') next();
  else send(response, problem('unsupported_media_type'));
};

export const jsonBody = [
  requireJson,
  express.json({ limit: bodyLimitBytes, inflate: false }),
] as const;

/** Signatures are over the bytes as they came, so nothing may parse them before. */
export const rawBody = express.raw({ type: () => true, limit: bodyLimitBytes, inflate: false });
