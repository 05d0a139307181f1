import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Mail, Mailer } from '../activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly url: string;
  /** The sender, as in a mail's header; its domain is the Message-ID's as well. */
  readonly from: string;
  /** How long one mail may take, in milliseconds. */
  readonly timeoutMs: number;
}

export interface SmtpMailer extends Mailer {
  /** Closes the connections that are kept for the next mail. */
  close(): void;
}

const maxConnections = 20;

/** Mails over SMTP. Connects at the first mail; call `close` at the end, or the process stays. */
export function smtpMailer({ url, from, timeoutMs }: SmtpOptions): SmtpMailer {
  const openPool = () => createTransport(transportOptions(url, timeoutMs));
  let pool = openPool();
  const domain = domainOf(from);

  /**
   * A pool does not always get a connection back whose mail was given up: after a process stood still,
   * four of five stayed taken, and every later mail waited in vain. The next mail has a new pool; what is
   * under way in the old one may end.
   */
  const renew = (givenUp: typeof pool): void => {
    if (pool !== givenUp) return;
    pool = openPool();
    givenUp.close();
  };

  return {
    send: async (mail) => {
      const current = pool;
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        await current.sendMail(Object.assign(messageOf(mail, from, domain), { signal }));
      } catch (error) {
        if (signal.aborted) renew(current);
        throw failureOf(error);
      }
    },
    close: () => {
      pool.close();
    },
  };
}

const transportOptions = (url: string, timeoutMs: number) => ({
  url,
  pool: true as const,
  maxConnections,
  /** Else the pool tries by itself again, and Temporal is to be the only one that does. */
  maxRequeues: 0,
  dnsTimeout: timeoutMs,
  connectionTimeout: timeoutMs,
  greetingTimeout: timeoutMs,
  socketTimeout: timeoutMs,
  disableFileAccess: true,
  disableUrlAccess: true,
});

const messageOf = (mail: Mail, from: string, domain: string) => ({
  from,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: messageIdOf(mail, domain),
  headers: { 'X-Order-Id': mail.orderId, 'X-Template': mail.template },
});

/**
 * The same for the same order, template, sequence and recipient, so that a mailbox shows a repeat
 * once.
 */
function messageIdOf({ orderId, template, sequence, to }: Mail, domain: string): string {
  const recipient = createHash('sha256').update(to).digest('hex').slice(0, 16);
  const place = sequence === undefined ? [] : [sequence.replace(/[^\w-]/g, '-')];
  const parts = [orderId, template, ...place, recipient];
  return `<${parts.join('.')}@${domain}>`;
}

const domainOf = (address: string): string => /@([^\s>@]+)/.exec(address)?.[1] ?? 'localhost';

/** A 5xx reply is the server's last word. Its text is left out: it may quote the recipient. */
function failureOf(error: unknown): ProviderRefused | ProviderUnavailable {
  const reply = replyCodeOf(error);
  const message = `mail: ${reply === undefined ? 'no answer' : `refused with ${reply}`}`;
  return reply !== undefined && reply >= 500
    ? new ProviderRefused(message)
    : new ProviderUnavailable(message);
}

const replyCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;
