import { findMessage, messageIdOf, storeMessage, type StoredMessage } from '../db/messages.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import type { MessageOutcome } from '../temporal/ask-update.js';
import { sendMessage } from '../temporal/messages.js';
import type { ApiDependencies } from './dependencies.js';
import { content, type Content, type Handler } from './reply.js';
import { fingerprint, found, orderIdIn, refuse } from './request.js';
import { describeError } from './request-log.js';

/** What a client asks of a workflow. */
interface Message {
  /** The name of the workflow's update. */
  readonly name: string;
  readonly orderId: OrderId;
  /** The workflow. */
  readonly recipient: OrderId | ReturnId;
  /** The client's; the same key is the same message. Without one each message is one of its own. */
  readonly key: string | undefined;
  /** What the workflow gets. @param id the message's */
  readonly body: (id: string) => object;
  /** What must not enter the workflow's history. */
  readonly content?: object | undefined;
  /** After it nobody waits for the message. */
  readonly expiresAt?: Date | undefined;
  /** What a second message with the key must say alike. Default: all of it. */
  readonly identity?: object;
}

export interface Delivery {
  readonly outcome: MessageOutcome;
  readonly messageId: string;
  /** Where the client sees what becomes of the message. */
  readonly headers: { readonly Location: string };
}

/**
 * Stores a message, so that it cannot be lost any more, sends it, and waits for the answer for some
 * seconds. @throws Refusal when the key is of another message
 */
export async function deliver(
  { database, workflows, log }: ApiDependencies,
  { name, orderId, recipient, key, body, content, expiresAt, identity }: Message,
): Promise<Delivery> {
  const id = messageIdOf(recipient, name, key);
  const sent = { body: body(id), ...(content && { content }) };
  const print = fingerprint(identity ?? sent);
  const message = await storeMessage(database, {
    ...{ id, kind: name, orderId, recipient, fingerprint: print, ...sent },
    ...(expiresAt && { expiresAt }),
  });
  if (message.fingerprint !== print) refuse('idempotency_key_reused');
  const outcome = await sendMessage(database, workflows, message);
  if (outcome.kind === 'waiting' && outcome.cause !== undefined) {
    const err = describeError(outcome.cause);
    log.warn({ order_id: orderId, message_id: id, err }, 'a message waits to be sent again');
  }
  return { outcome, messageId: id, headers: { Location: messagePath(orderId, id) } };
}

const messagePath = (orderId: OrderId, id: string): string =>
  `/v1/orders/${orderId}/messages/${encodeURIComponent(id)}`;

/** `GET /v1/orders/{id}/messages/{message_id}`: what became of something that was asked of an order. */
export const getMessage: Handler = async (request, { database }): Promise<Content> => {
  const orderId = orderIdIn(request);
  const { message_id: id } = request.params;
  if (typeof id !== 'string' || !/^[\w:-]{1,250}$/.test(id)) refuse('message_not_found');
  const message = found(await findMessage(database, orderId, id), 'message_not_found');
  return content(200, messageBody(orderId, message), { orderId });
};

const messageBody = (orderId: OrderId, message: StoredMessage) => ({
  id: message.id,
  object: 'message' as const,
  order_id: orderId,
  kind: message.kind,
  state: message.state,
  reason: message.reason,
  attempts: message.attempts,
  created_at: message.createdAt.toISOString(),
  expires_at: message.expiresAt?.toISOString() ?? null,
  closed_at: message.closedAt?.toISOString() ?? null,
  links: { self: messagePath(orderId, message.id), order: `/v1/orders/${orderId}` },
});
