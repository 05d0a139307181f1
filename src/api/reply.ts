import type { Request, RequestHandler, Response } from 'express';
import type { OrderId } from '../domain/ids.js';
import type { ApiDependencies } from './dependencies.js';
import { withinOr } from '../runtime/deadline.js';
import { problem, problemBody, problemHead, type Problem } from './problem.js';

export interface Content {
  readonly kind: 'content';
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The order that the log line of this request is about. */
  readonly orderId?: OrderId;
}

export type Reply = Content | Problem;

export type Handler = (request: Request, api: ApiDependencies) => Promise<Reply> | Reply;

/** How long a handler may take, beside the wait that a client asked for. */
const handlerLimitMs = 10_000;

export const content = (
  status: number,
  body: object,
  more: Pick<Content, 'headers' | 'orderId'> = {},
): Content => ({ kind: 'content', status, body, ...more });

/**
 * What gives back a reply, as Express wants it.
 * @param extraMs time in milliseconds that this request may take beyond the usual limit
 */
export const answering =
  (
    replyTo: (request: Request) => Promise<Reply> | Reply,
    extraMs: (request: Request) => number = () => 0,
  ): RequestHandler =>
  async (request, response) => {
    const work = Promise.resolve(replyTo(request));
    const limitMs = handlerLimitMs + extraMs(request);
    send(response, await withinOr(work, limitMs, () => problem('timeout')));
  };

export function send(response: Response, reply: Reply): void {
  if (response.headersSent || response.destroyed) return;
  if (reply.kind === 'content') {
    response.locals['orderId'] = reply.orderId;
    response
      .status(reply.status)
      .set(reply.headers ?? {})
      .json(reply.body);
    return;
  }
  const { id } = response.req;
  const { status, headers } = problemHead(reply);
  const body = problemBody(reply, typeof id === 'string' ? id : '');
  response.status(status).set(headers).send(JSON.stringify(body));
}
