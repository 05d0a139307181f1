import express, { Router, type Request } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import { takeMail, type Mail } from '../mail/mails.js';
import { requireKey, send, type Answer } from '../provider-call.js';
import { newId } from '../store.js';

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
  const login = requireKey(failure(401, 20003, 'Authenticate'));
  router.use(login, express.urlencoded({ extended: false, limit: '100kb' }));
  router.post('/Accounts/:account/Messages.json', async (request, response) => {
    const answer = await answerTo(request, context);
    if (answer === 'cut') response.socket?.destroy();
    else send(response, answer);
  });
  return router;
}

async function answerTo(
  request: Request<{ account: string }>,
  context: Context,
): Promise<Answer | 'cut'> {
  const { data } = parameters.safeParse(request.body ?? {});
  if (data === undefined) return failure(400, 21602, "'To', 'From' and 'Body' are required");
  if (!phone.test(data.To)) return failure(400, 21211, "Invalid 'To' Phone Number");
  const message = messageOf(request, data);
  const result = await takeMail(context, 'sms', message);
  if (result === 'error_500') return failure(500, 20500, 'An internal error has occurred');
  if (result === 'refuse') return failure(400, 21610, 'The recipient has unsubscribed');
  if (result === 'cut') return result;
  return { status: 201, body: shown(message, request.params.account) };
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
