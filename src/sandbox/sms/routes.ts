import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import type { Fault } from '../faults.js';
import { newId } from '../identifiers.js';
import { keepMail, type Mail } from '../mail/mails.js';
import { isAnswered, type Answer } from '../provider-call.js';

const phone = /^\+[1-9]\d{6,14}$/;
const maxCharacters = 1_600;
const parameters = z.object({
  To: z.string().min(1),
  From: z.string().min(1),
  Body: z.string().min(1).max(maxCharacters),
});

/** The provider of text messages: Twilio's path, shapes and error numbers. */
export function textRoutes(context: Context): Router {
  const router = Router();
  router.use(requireLogin, express.urlencoded({ extended: false, limit: '100kb' }));
  router.post('/Accounts/:account/Messages.json', async (request, response) => {
    const parsed = parameters.safeParse(request.body ?? {});
    if (!parsed.success) answer(response, badParameter);
    else if (!phone.test(parsed.data.To)) answer(response, badNumber);
    else await take(context, request, response, messageOf(request, parsed.data));
  });
  return router;
}

async function take(
  context: Context,
  request: Request<{ account: string }>,
  response: Response,
  message: Mail,
): Promise<void> {
  const { orderId } = message;
  const fault = await context.faults.take({ service: 'sms', operation: 'send', orderId });
  const refusal = refusalBy(fault);
  if (fault?.kind === 'down') response.socket?.destroy();
  else if (refusal !== undefined) answer(response, refusal);
  else {
    await keepMail(context.store.pool, message);
    const accepted = { status: 201, body: shown(message, request.params.account) };
    if (await isAnswered(context, fault)) answer(response, accepted);
    else response.socket?.destroy();
  }
}

function refusalBy(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === 'error_500') return failure(500, 20500, 'An internal error has occurred');
  if (fault?.kind === 'refuse') return failure(400, 21610, 'The recipient has unsubscribed');
  return undefined;
}

const messageOf = (request: Request, { To, From, Body }: z.infer<typeof parameters>): Mail => {
  const id = newId('SM').replace('_', '');
  return {
    id,
    messageId: id,
    orderId: request.get('x-order-id') ?? null,
    template: request.get('x-template') ?? null,
    channel: 'sms',
    from: From,
    to: To,
    subject: '',
    text: Body,
    html: null,
    receivedAt: new Date().toISOString(),
  };
};

const shown = ({ id, from, to, text, receivedAt }: Mail, account: string) => ({
  sid: id,
  account_sid: account,
  api_version: '2010-04-01',
  status: 'queued',
  direction: 'outbound-api',
  from,
  to,
  body: text,
  date_created: new Date(receivedAt).toUTCString(),
  error_code: null,
  error_message: null,
  uri: `/2010-04-01/Accounts/${account}/Messages/${id}.json`,
});

/** An error in Twilio's shape. */
const failure = (status: number, code: number, message: string): Answer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const badParameter = failure(400, 21602, "'To', 'From' and 'Body' are required");
const badNumber = failure(400, 21211, "Invalid 'To' Phone Number");
const noLogin = failure(401, 20003, 'Authenticate');

const requireLogin: RequestHandler = (request, response, next) => {
  if (/^Basic \S+/.test(request.get('authorization') ?? '')) next();
  else answer(response, noLogin);
};

function answer(response: Response, { status, body }: Answer): void {
  response.status(status).json(body);
}
