import express, { type Express, type Request, type RequestHandler } from 'express';
import type { ApiDependencies } from './dependencies.js';
import { problem } from './problem.js';
import { answering, send, type Handler } from './reply.js';

const bodyLimitBytes = 256 * 1_024;

const allowedOf = { get: 'GET, HEAD', post: 'POST', delete: 'DELETE' } as const;
const methods = ['get', 'post', 'delete'] as const;

/** What answers at an address, by method. */
export type Endpoint = Readonly<
  Partial<Record<(typeof methods)[number], (api: ApiDependencies) => readonly RequestHandler[]>>
>;

/** Any other method is answered with the ones that there are. */
export function addEndpoint(
  app: Express,
  path: string,
  handlers: Endpoint,
  api: ApiDependencies,
): void {
  const route = app.route(path);
  const known = methods.filter((method) => handlers[method] !== undefined);
  for (const method of known) route[method](...(handlers[method]?.(api) ?? []));
  const allowed = known.map((method) => allowedOf[method]).join(', ');
  route.all(answering(() => problem('method_not_allowed', { headers: { Allow: allowed } })));
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') next();
  else send(response, problem('unsupported_media_type'));
};

const parseJson = express.json({ limit: bodyLimitBytes, inflate: false });

/** Signatures are over the bytes as they came, so nothing may parse them before. */
const readRaw = express.raw({ type: () => true, limit: bodyLimitBytes, inflate: false });

export const noBody = (handler: Handler) => (api: ApiDependencies) => [
  answering((request) => handler(request, api)),
];

/** @param extraMs time in milliseconds that this request may take beyond the usual limit */
export const jsonBody =
  (handler: Handler, extraMs?: (request: Request) => number) => (api: ApiDependencies) => [
    requireJson,
    parseJson,
    answering((request) => handler(request, api), extraMs),
  ];

export const rawBody = (handler: Handler) => (api: ApiDependencies) => [
  readRaw,
  answering((request) => handler(request, api)),
];
