import { Webhook } from 'standardwebhooks';
import type { OrderId } from '../../domain/ids.js';

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
