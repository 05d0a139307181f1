import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Response } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../logger.js';

const requestIdPattern = /^[A-Za-z0-9._:-]{1,128}$/;

/** Asked every few seconds by machines; their lines would bury the others. */
const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request with its id and order; never a body, a query or a header. */
export const logRequests = (log: Logger) =>
  pinoHttp({
    logger: log,
    genReqId: requestId,
    autoLogging: { ignore: (request) => quietPaths.has(pathOf(request)) },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? 'error' : 'info',
    customProps: (_request, response) => ({
      order_id: (response as Response).locals['orderId'] as string | undefined,
    }),
    serializers: {
      req: ({ id, method, path }: { id: string; method: string; path: string }) => ({
        id,
        method,
        path,
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
      err: describeError,
    },
    wrapSerializers: false,
  });

/** The client's own id when it is harmless, else a new one; the answer always carries it. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}

const pathOf = (request: IncomingMessage): string => request.url?.split('?', 1)[0] ?? '';

/** Without the details that Postgres adds: they quote rows, and rows hold personal data. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? error.code : undefined;
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { type: error.name, message: error.message, code, stack: error.stack, ...cause };
}
