import type { Pool } from 'pg';

import type { Context } from '../context.js';
import { isAnswered } from '../provider-call.js';

/** A mail or text message as it came in. `template` and `orderId` are what its headers say. */
export interface Mail {
  readonly id: string;
  readonly messageId: string;
  readonly orderId: string | null;
  readonly template: string | null;
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** A mail that is held, with the number of times it came in again. */
export interface HeldMail extends Mail {
  readonly duplicates: number;
}

const columns = `id, message_id AS "messageId", order_id AS "orderId", template, channel,
  sender AS "from", recipients AS "to", subject, text_part AS "text", html_part AS "html",
  to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt", duplicates`;

const keepStatement = `
WITH mail AS (
  INSERT INTO sandbox.mails (id, message_id, order_id, template, channel, sender, recipients,
    subject, text_part, html_part, received_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (message_id) DO UPDATE SET duplicates = mails.duplicates + 1
  RETURNING order_id, duplicates)
INSERT INTO sandbox.ledger (section, order_id, entry)
SELECT 'messages', order_id, $12::json FROM mail WHERE duplicates = 0`;

/**
 * Takes a mail or text message, through the faults that are set.
 * @returns how its sender is answered; `cut`: not at all
 */
export async function takeMail(context: Context, service: 'mail' | 'sms', mail: Mail) {
  const { orderId } = mail;
  const fault = await context.faults.take({ service, operation: 'send', orderId });
  if (fault?.kind === 'down') return 'cut';
  if (fault?.kind === 'error_500' || fault?.kind === 'refuse') return fault.kind;
  await keepMail(context.store.pool, mail);
  return (await isAnswered(context, fault)) ? 'accepted' : 'cut';
}

/** Keeps the mail and books it; one whose Message-ID is held already is only counted. */
async function keepMail(pool: Pool, mail: Mail): Promise<void> {
  const { channel, to, template, receivedAt: at, id } = mail;
  await pool.query({
    name: 'keep-mail',
    text: keepStatement,
    values: [
      mail.id,
      mail.messageId,
      mail.orderId,
      template,
      channel,
      mail.from,
      to,
      mail.subject,
      mail.text,
      mail.html,
      at,
      JSON.stringify({ channel, to, template, at, mail_id: id }),
    ],
  });
}

export interface MailFilter {
  readonly orderId?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listMails(pool: Pool, filter: MailFilter): Promise<readonly HeldMail[]> {
  const result = await pool.query<HeldMail>(
    `SELECT ${columns} FROM sandbox.mails
     WHERE ($1::text IS NULL OR order_id = $1) AND ($2::text IS NULL OR recipients = $2)
     ORDER BY seq DESC LIMIT $3`,
    [filter.orderId, filter.to, filter.limit],
  );
  return result.rows;
}

export async function findMail(pool: Pool, id: string): Promise<HeldMail | undefined> {
  const result = await pool.query<HeldMail>(`SELECT ${columns} FROM sandbox.mails WHERE id = $1`, [
    id,
  ]);
  return result.rows[0];
}
