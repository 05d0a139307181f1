import { Router, type Response } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import { findMail, listMails, type HeldMail } from './mails.js';
import { inboxPage, mailPage, pagePolicy } from './pages.js';

const pageLength = 100;
const listQuery = z.object({
  order_id: z.string().optional(),
  to: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(pageLength),
});

/** The inbox to look at and to ask. */
export function inboxRoutes({ store: { pool } }: Context): Router {
  const router = Router();
  router.get('/inbox', async (_request, response) => {
    sendPage(response, inboxPage(await listMails(pool, { limit: pageLength })));
  });
  router.get('/inbox.json', async (request, response) => {
    const { order_id: orderId, to, limit } = listQuery.parse(request.query);
    response.json({ data: (await listMails(pool, { orderId, to, limit })).map(shown) });
  });
  router.get('/inbox/:id', async (request, response) => {
    const mail = await findMail(pool, request.params.id);
    if (mail === undefined) response.status(404).type('text').send('There is no such mail.');
    else sendPage(response, mailPage(mail));
  });
  return router;
}

function sendPage(response: Response, html: string): void {
  response.set('content-security-policy', pagePolicy).set('cache-control', 'no-store');
  response.type('html').send(html);
}

const shown = (mail: HeldMail) => ({
  id: mail.id,
  message_id: mail.messageId,
  order_id: mail.orderId,
  template: mail.template,
  channel: mail.channel,
  from: mail.from,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  received_at: mail.receivedAt,
  duplicates: mail.duplicates,
});
