import { setTimeout as pause } from 'node:timers/promises';
import {
  closeMessage,
  storeMessage,
  takeDueMessages,
  type MessageEnd,
  type StoredMessage,
} from '../db/messages.js';
import type { Database } from '../db/database.js';
import { findOrder } from '../db/orders.js';
import { listServed } from '../db/stock.js';
import { findReturn } from '../db/returns.js';
import { isAccepted, orderCommands } from '../domain/commands.js';
import { isOrderId, isReturnId, type OrderId } from '../domain/ids.js';
import { isEnded } from '../domain/order-state.js';
import { isOver } from '../domain/returns.js';
import {
  carrierEventSignal,
  partnerAnswerSignal,
  paymentEventSignal,
  stockArrivedSignal,
  type OrderSummary,
} from '../workflows/messages.js';
import type { MessageOutcome } from './ask-update.js';
import type { OrderWorkflows } from './order-workflows.js';

/** Reports of what happened outside: their effect shows that they were taken. All else is an update. */
const signals: readonly string[] = [
  carrierEventSignal,
  paymentEventSignal,
  partnerAnswerSignal,
  stockArrivedSignal,
].map(({ name }) => name);

const ended = { state: 'refused', reason: 'The order or the return has ended.' } as const;

/**
 * Sends a stored message to its workflow, and records how it ended, if it did. Safe to repeat: a message
 * has one effect however often it is sent.
 */
export async function sendMessage(
  database: Database,
  workflows: OrderWorkflows,
  message: StoredMessage,
): Promise<MessageOutcome> {
  if (message.state !== 'waiting' || message.isHeld) return outcomeOf(message);
  const outcome = await (isExpired(message)
    ? expire(workflows, message)
    : passOnceKnown(database, workflows, message));
  if (outcome.kind === 'waiting') return outcome;
  if (outcome.kind !== 'gone') {
    await closeMessage(database, message.id, endOf(outcome));
    return outcome;
  }
  if (!(await hasEnded(database, message))) return outcome;
  await closeMessage(database, message.id, ended);
  return { kind: 'refused', reason: ended.reason };
}

/** What is recorded of a message. */
function outcomeOf({ state, answer, reason }: StoredMessage): MessageOutcome {
  switch (state) {
    case 'waiting':
    case 'expired':
      return { kind: state };
    case 'taken':
      return { kind: 'taken', answer };
    case 'refused': {
      const summary = answer as OrderSummary | null;
      return {
        kind: 'refused',
        ...(reason !== null && { reason }),
        ...(summary !== null && { summary }),
      };
    }
  }
}

const endOf = (
  outcome: Extract<MessageOutcome, { kind: 'taken' | 'refused' | 'expired' }>,
): MessageEnd => {
  switch (outcome.kind) {
    case 'taken':
      return { state: 'taken', answer: outcome.answer };
    case 'refused':
      return { state: 'refused', reason: outcome.reason ?? '', answer: outcome.summary };
    case 'expired':
      return { state: 'expired' };
  }
};

const isExpired = ({ expiresAt }: StoredMessage): boolean =>
  expiresAt !== null && expiresAt.getTime() <= Date.now();

/** It may have been taken in time without an answer that reached us. */
async function expire(
  workflows: OrderWorkflows,
  { id, kind, recipient }: StoredMessage,
): Promise<MessageOutcome> {
  if (recipient === null || signals.includes(kind)) return { kind: 'expired' };
  const answer = await workflows.answerOf(recipient, id);
  return answer.kind === 'gone' ? { kind: 'expired' } : answer;
}

const askAgainAfterMs = 100;
const mostTries = 20;

/**
 * A step shows in the order's row before its workflow has the step's result. Whoever acts on what the row
 * shows would be refused for a state that is past, so the workflow is asked again, for two seconds.
 */
async function passOnceKnown(
  database: Database,
  workflows: OrderWorkflows,
  message: StoredMessage,
): Promise<MessageOutcome> {
  let outcome = await pass(workflows, message);
  for (let tries = 1; tries < mostTries; tries += 1) {
    if (!(await isRefusedForThePast(database, message, outcome))) break;
    await pause(askAgainAfterMs);
    outcome = await pass(workflows, message);
  }
  return outcome;
}

/** The order's row shows a stage that takes the message; the workflow was still at one that does not. */
async function isRefusedForThePast(
  database: Database,
  { kind, recipient }: StoredMessage,
  outcome: MessageOutcome,
): Promise<boolean> {
  const command = orderCommands.find((name) => name === kind);
  if (outcome.kind !== 'refused' || outcome.summary === undefined) return false;
  if (command === undefined || recipient === null || !isOrderId(recipient)) return false;
  if (isAccepted(outcome.summary, command)) return false;
  const row = await findOrder(database, recipient);
  return row !== undefined && isAccepted(row, command);
}

function pass(
  workflows: OrderWorkflows,
  { id, kind, recipient, orderId, body }: StoredMessage,
): Promise<MessageOutcome> | MessageOutcome {
  if (recipient === null) return { kind: 'waiting' };
  if (kind === paymentEventSignal.name && recipient !== orderId) {
    return startLatePayment(workflows, orderId, body as { readonly paymentId: string });
  }
  return signals.includes(kind)
    ? workflows.signal(recipient, kind, body)
    : workflows.update(recipient, kind, body, id);
}

async function startLatePayment(
  workflows: OrderWorkflows,
  orderId: OrderId | null,
  { paymentId }: { readonly paymentId: string },
): Promise<MessageOutcome> {
  if (orderId === null) return { kind: 'waiting' };
  const answer = await workflows.startLatePayment({ orderId, paymentId });
  return answer.kind === 'not_started'
    ? { kind: 'waiting', cause: answer.cause }
    : { kind: 'taken', answer: null };
}

/** A workflow that is not there may just not have been started yet. */
async function hasEnded(database: Database, { recipient }: StoredMessage): Promise<boolean> {
  if (recipient === null) return false;
  if (isReturnId(recipient)) {
    const record = await findReturn(database, recipient);
    return record !== undefined && isOver(record.status);
  }
  const order = isOrderId(recipient) ? await findOrder(database, recipient) : undefined;
  return order !== undefined && isEnded(order);
}

/** How many workflows are sent messages at once: one that does not answer holds up few others. */
const sentAtOnce = 20;

/**
 * Sends the messages that are due, those for one workflow one after the other.
 * @returns how many were due
 */
export async function sendDueMessages(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
): Promise<number> {
  const due = await takeDueMessages(database, limit);
  const queues = [...byRecipient(due).values()];
  const next = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const message of queue) await sendMessage(database, workflows, message);
    }
  };
  await Promise.all(Array.from({ length: sentAtOnce }, next));
  return due.length;
}

function byRecipient(messages: readonly StoredMessage[]): Map<string, StoredMessage[]> {
  const queues = new Map<string, StoredMessage[]>();
  for (const message of messages) {
    const name = message.recipient ?? message.id;
    queues.set(name, [...(queues.get(name) ?? []), message]);
  }
  return queues;
}

/** How many orders are signalled at once that their goods came; the others follow in the next round. */
const servedAtOnce = 100;

/** Signals the orders for which goods were set aside, and that were not signalled yet. */
export async function signalServedOrders(
  database: Database,
  workflows: OrderWorkflows,
): Promise<number> {
  const served = await listServed(database, servedAtOnce);
  const kind = stockArrivedSignal.name;
  await Promise.all(
    served.map(async ({ orderId, place }) => {
      const message = { id: `stock:${place}`, kind, orderId, recipient: orderId, body: {} };
      const stored = await storeMessage(database, { ...message, content: { place } });
      if (stored.isNew) await sendMessage(database, workflows, stored);
    }),
  );
  return served.length;
}
