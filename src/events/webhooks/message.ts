import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { OrderId } from '../../domain/ids.js';
import { withinOr } from '../../runtime/deadline.js';
import type { HostAddress } from './address.js';
import type { Answer } from './retries.js';

/** What a message says: which event of which order, and where to read all of it. */
export interface Notice {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly eventAt: Date;
  readonly traceparent: string;
}

export interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The message of Standard Webhooks for one try, signed with each of the secrets.
 * @param now the time of the try: receivers refuse what is old
 */
export function messageOf(notice: Notice, secrets: readonly string[], now: Date): Message {
  const body = bodyOf(notice);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(notice.eventId, now, body));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'durable-orders-webhooks',
      'webhook-id': notice.eventId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signatures.join(' '),
      traceparent: notice.traceparent,
    },
  };
}

const bodyOf = ({ eventId, orderId, sequence, type, version, eventAt }: Notice): string =>
  JSON.stringify({
    type,
    timestamp: eventAt.toISOString(),
    data: {
      event_id: eventId,
      order_id: orderId,
      sequence,
      version,
      links: { event: `/v1/events/${eventId}`, order: `/v1/orders/${orderId}` },
    },
  });

export interface Posting {
  readonly url: URL;
  /** Checked before; nothing else is connected to, whatever the name leads to by now. */
  readonly addresses: readonly HostAddress[];
  readonly message: Message;
  /** Ends the exchange at any moment. */
  readonly signal: AbortSignal;
}

const maxHeaderBytes = 16_384;
const maxBodyBytes = 16_384;
const bodyLimitMs = 2_000;

/**
 * Posts a message over a connection of its own and follows no redirect. Of the answer's body some is
 * read, so that the subscriber is not cut off while it writes; its status alone counts.
 * @throws Error when there is no answer
 */
export function post({ url, addresses, message, signal }: Posting): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? secureRequest : plainRequest;
    const outgoing = request(url, {
      method: 'POST',
      agent: false,
      headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
      lookup: pinnedTo(addresses),
      maxHeaderSize: maxHeaderBytes,
      signal,
    });
    let isAnswered = false;
    const fail = (error: Error) => {
      if (!isAnswered) reject(error);
    };
    outgoing.on('error', fail);
    outgoing.on('close', () => {
      fail(new Error('the connection was closed without an answer'));
    });
    outgoing.on('response', (response) => {
      isAnswered = true;
      const { statusCode: status = 0, headers } = response;
      void withinOr(readSome(response), bodyLimitMs, () => undefined).then(() => {
        outgoing.destroy();
        resolve({ status, retryAfter: headers['retry-after'] });
      });
    });
    outgoing.end(message.body);
  });
}

/** Ends with the body, or with as much of it as we want. */
async function readSome(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBodyBytes) return;
    }
  } catch {
    // The status alone counts.
  }
}

const pinnedTo =
  (addresses: readonly HostAddress[]): LookupFunction =>
  (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
