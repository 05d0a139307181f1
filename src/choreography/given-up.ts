import type { Database } from '../db/database.js';
import { openItemOf } from '../db/open-attention.js';
import { attentionItem, resolutionKeyOf } from '../domain/attention-item.js';
import { deadLetterChoices, deadLetterSubject, type DeadLettered } from '../domain/dead-letter.js';
import type { ServiceName } from '../domain/services.js';
import type { OrderEvent } from '../events/order-event.js';
import type { PortsOf } from './consumers.js';

const reason = 'service_gave_up';

/** A service and an event of one order that it has put aside. */
interface PutAside {
  readonly service: ServiceName;
  readonly event: OrderEvent;
}

/**
 * Calls a person about an event that a service has given up. Quiet while somebody is called for it: a
 * letter that was replayed in vain is the same work as before.
 */
export async function callForGivenUp(
  transaction: Database,
  aside: PutAside,
  portsOf: PortsOf,
): Promise<void> {
  const { orderId, subject, openId } = await workAbout(transaction, aside);
  if (openId !== undefined) return;
  const choices = deadLetterChoices(givenUpOf(aside));
  const raised = attentionItem(crypto.randomUUID(), { reason, subject, choices });
  await portsOf(transaction).journal.append({
    orderId,
    key: `attention:${raised.id}`,
    facts: [raised],
  });
}

/** Nobody is needed for an event any more that is in effect after all, or was left out. */
export async function closeSettled(
  transaction: Database,
  aside: PutAside,
  portsOf: PortsOf,
): Promise<void> {
  const { orderId, subject, openId } = await workAbout(transaction, aside);
  if (openId === undefined) return;
  await portsOf(transaction).journal.append({
    orderId,
    key: resolutionKeyOf(openId),
    facts: [{ type: 'attention.resolved', reason, subject }],
  });
}

/** One of an order at a time: later events of the order wait behind the one that was given up. */
async function workAbout(transaction: Database, aside: PutAside) {
  const orderId = aside.event.subject;
  const subject = deadLetterSubject(givenUpOf(aside));
  return { orderId, subject, openId: await openItemOf(transaction, orderId, { reason, subject }) };
}

const givenUpOf = ({ service, event }: PutAside): DeadLettered => ({ service, type: event.type });
