import type { Database } from '../db/database.js';
import { openItemOf } from '../db/open-attention.js';
import { attentionKinds } from '../domain/attention.js';
import { choicesAboutGivenUp, givenUpSubject, type GivenUp } from '../domain/given-up.js';
import { suffixOf, type AttentionId } from '../domain/ids.js';
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
  const orderId = aside.event.subject;
  const subject = subjectOf(aside);
  const choices = choicesAboutGivenUp(givenUpOf(aside));
  if ((await openItemOf(transaction, orderId, { reason, subject })) !== undefined) return;
  const id: AttentionId = `att_${suffixOf(crypto.randomUUID())}`;
  const { owner } = attentionKinds[reason];
  await portsOf(transaction).journal.append({
    orderId,
    key: `attention:${id}`,
    facts: [{ type: 'attention.raised', id, reason, subject, owner, choices }],
  });
}

/** Nobody is needed for an event any more that is in effect after all, or was left out. */
export async function closeSettled(
  transaction: Database,
  aside: PutAside,
  portsOf: PortsOf,
): Promise<void> {
  const orderId = aside.event.subject;
  const subject = subjectOf(aside);
  const id = await openItemOf(transaction, orderId, { reason, subject });
  if (id === undefined) return;
  await portsOf(transaction).journal.append({
    orderId,
    key: `attention-resolved:${id}`,
    facts: [{ type: 'attention.resolved', reason, subject }],
  });
}

/** One of an order at a time: later events of the order wait behind the one that was given up. */
const subjectOf = (aside: PutAside): string => givenUpSubject(givenUpOf(aside));

const givenUpOf = ({ service, event }: PutAside): GivenUp => ({ service, type: event.type });
