import type { Database } from '../db/database.js';
import { openItemOf } from '../db/attention.js';
import { attentionItem, resolutionKeyOf } from '../domain/attention-item.js';
import {
  deadLetterChoices,
  deadLetterSubject,
  type DeadLettered,
} from '../domain/dead-lettered.js';
import type { ServiceName } from '../domain/services.js';
import type { OrderEvent } from '../events/order-event.js';
import type { PortsOf } from './consumers.js';

const reason = 'service_gave_up';

/** A service, and an event of one order that it has quarantined. */
interface Quarantined {
  readonly service: ServiceName;
  readonly event: OrderEvent;
}

/**
 * Opens an attention item about an event that became a dead letter. An item that is open already is
 * kept: a replay that failed again is the same work.
 */
export async function raiseDeadLetter(
  transaction: Database,
  quarantined: Quarantined,
  portsOf: PortsOf,
): Promise<void> {
  const { orderId, subject, openId } = await openAttention(transaction, quarantined);
  if (openId !== undefined) return;
  const choices = deadLetterChoices(deadLetteredOf(quarantined));
  const raised = attentionItem(crypto.randomUUID(), { reason, subject, choices });
  await portsOf(transaction).journal.append({
    orderId,
    key: `attention:${raised.id}`,
    facts: [raised],
  });
}

/** Closes the attention item of an event that was applied after all, or discarded. */
export async function closeResolved(
  transaction: Database,
  quarantined: Quarantined,
  portsOf: PortsOf,
): Promise<void> {
  const { orderId, subject, openId } = await openAttention(transaction, quarantined);
  if (openId === undefined) return;
  await portsOf(transaction).journal.append({
    orderId,
    key: resolutionKeyOf(openId),
    facts: [{ type: 'attention.resolved', reason, subject }],
  });
}

/** At most one per order and service: later events of the order are queued behind the dead letter. */
async function openAttention(transaction: Database, quarantined: Quarantined) {
  const orderId = quarantined.event.subject;
  const subject = deadLetterSubject(deadLetteredOf(quarantined));
  return { orderId, subject, openId: await openItemOf(transaction, orderId, { reason, subject }) };
}

const deadLetteredOf = ({ service, event }: Quarantined): DeadLettered => ({
  service,
  type: event.type,
});
