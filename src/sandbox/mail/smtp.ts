import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

import type { Context } from '../context.js';
import { newId } from '../store.js';
import { takeMail, type Mail } from './mails.js';

const maxBytes = 1_048_576;
const closeTimeoutMs = 500;

/** A refusal with its SMTP reply code. */
class SmtpError extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The connection is to be cut without an answer. */
class HangUp extends Error {}

/** The mail server: takes any mail from anybody, sends nothing on. */
export function smtpServer(context: Context): SMTPServer {
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: maxBytes,
    closeTimeout: closeTimeoutMs,
    onData: (stream, session, callback) => {
      receive(context, stream, session).then(
        () => {
          callback(null, 'Message accepted');
        },
        (error: unknown) => {
          if (error instanceof HangUp) cut(server, session);
          callback(asSmtpError(error, context));
        },
      );
    },
  });
  // Without a listener a client that drops its connection would end the process.
  server.on('error', (error) => {
    context.log('smtp connection failed', { error });
  });
  return server;
}

async function receive(
  context: Context,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const raw = await read(stream);
  if (stream.sizeExceeded) throw new SmtpError(552, 'Message exceeds the size limit');
  const result = await takeMail(context, 'mail', mailOf(await PostalMime.parse(raw), session));
  if (result === 'cut') throw new HangUp();
  if (result === 'error_500') throw new SmtpError(451, 'Try again later');
  if (result === 'refuse') throw new SmtpError(550, 'Mailbox unavailable');
}

async function read(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function mailOf(email: Email, session: SMTPServerSession): Mail {
  const header = (name: string) => email.headers.find(({ key }) => key === name)?.value ?? null;
  const { mailFrom, rcptTo } = session.envelope;
  return {
    id: newId('msg'),
    messageId: email.messageId ?? newId('none'),
    orderId: header('x-order-id'),
    template: header('x-template'),
    channel: 'email',
    from: email.from?.address ?? (mailFrom === false ? '' : mailFrom.address),
    to: rcptTo.map(({ address }) => address).join(', '),
    subject: email.subject ?? '',
    text: email.text ?? null,
    html: email.html ?? null,
    receivedAt: new Date().toISOString(),
  };
}

function cut(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) {
    if (connection.id === session.id) connection._socket.destroy();
  }
}

function asSmtpError(error: unknown, context: Context): Error {
  if (error instanceof SmtpError || error instanceof HangUp) return error;
  context.log('mail could not be kept', { error });
  return new SmtpError(451, 'Try again later');
}
