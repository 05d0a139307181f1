import { readRequiredFacts } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { lockOverdueOrder, setTrackingOverdueAt } from '../db/overdue-tracking.js';
import type { AttentionChoice } from '../domain/attention.js';
import { attentionItem } from '../domain/attention-item.js';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { serviceLevels } from '../domain/service-level.js';
import type { PortsOf } from './consumers.js';
import { trackingFacts, expectedScans, type ExpectedScan } from './overdue-tracking.js';
import { OrderHistory } from './order-history.js';

/** Above every sequence of an order. */
const maxSequence = 2_147_483_647;

/** Raises one attention item per parcel and overdue scan. Does nothing when another copy has done it. */
export async function raiseOverdueParcels(
  transaction: Database,
  orderId: OrderId,
  portsOf: PortsOf,
): Promise<void> {
  const nowMs = await lockOverdueOrder(transaction, orderId);
  if (nowMs === undefined) return;
  const known = await readRequiredFacts(transaction, orderId, maxSequence, trackingFacts);
  if (known === undefined) return;
  const history = new OrderHistory(orderId, known.facts, maxSequence);
  const expected = expectedScans(history, serviceLevels[known.serviceLevel]);
  const { journal } = portsOf(transaction);
  for (const scan of expected.filter(({ dueMs }) => dueMs <= nowMs)) {
    const key = `silent:${scan.reason}:${scan.subject}`;
    await journal.append({ orderId, key, facts: [itemOf(scan, history)] });
  }
  const next = expected.find(({ dueMs }) => dueMs > nowMs);
  await setTrackingOverdueAt(transaction, orderId, next?.dueMs);
}

/** A parcel that was not handed over can be cancelled; nothing is sent again here. */
const choicesAbout: Readonly<Record<ExpectedScan['reason'], readonly AttentionChoice[]>> = {
  not_handed_over: ['wait'],
  not_delivered: ['wait', 'refund'],
};

const itemOf = ({ reason, subject }: ExpectedScan, history: OrderHistory): Fact =>
  attentionItem(crypto.randomUUID(), {
    reason,
    subject,
    choices: choicesAbout[reason],
    exposure: history.parcel(subject).amount,
  });
