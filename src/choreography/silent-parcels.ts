import { readMemory } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { lockOverdueOrder, setTrackingOverdueAt } from '../db/overdue-tracking.js';
import type { AttentionChoice } from '../domain/attention.js';
import { attentionItem } from '../domain/attention-item.js';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { serviceLevels } from '../domain/service-level.js';
import type { PortsOf } from './consumers.js';
import { silenceMarks, silencesOf, type Silence } from './silence.js';
import { Story } from './story.js';

/** A place behind all facts of an order. */
const behindAll = 2_147_483_647;

/**
 * Asks a person about the parcels of an order of which the carrier has said nothing for too long: once
 * for each parcel and each thing that it should have said. Quiet when somebody else has done so.
 */
export async function askAboutSilence(
  transaction: Database,
  orderId: OrderId,
  portsOf: PortsOf,
): Promise<void> {
  const nowMs = await lockOverdueOrder(transaction, orderId);
  if (nowMs === undefined) return;
  const memory = await readMemory(transaction, orderId, behindAll, silenceMarks);
  if (memory === undefined) return;
  const story = new Story(orderId, memory.facts, behindAll);
  const silences = silencesOf(story, serviceLevels[memory.serviceLevel]);
  const { journal } = portsOf(transaction);
  for (const silence of silences.filter(({ dueMs }) => dueMs <= nowMs)) {
    const key = `silent:${silence.reason}:${silence.subject}`;
    await journal.append({ orderId, key, facts: [itemOf(silence, story)] });
  }
  const next = silences.find(({ dueMs }) => dueMs > nowMs);
  await setTrackingOverdueAt(transaction, orderId, next?.dueMs);
}

/** A parcel that we still have goes back by a cancel. Nobody sends one again here. */
const choicesAbout: Readonly<Record<Silence['reason'], readonly AttentionChoice[]>> = {
  not_handed_over: ['wait'],
  not_delivered: ['wait', 'refund'],
};

const itemOf = ({ reason, subject }: Silence, story: Story): Fact =>
  attentionItem(crypto.randomUUID(), {
    reason,
    subject,
    choices: choicesAbout[reason],
    exposure: story.parcel(subject).amount,
  });
