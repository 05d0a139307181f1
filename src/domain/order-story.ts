import type { Fact, RecordedFact } from './facts.js';
import { formatMoney } from './money.js';
import type { OrderSummary } from './known-order.js';
import { isEnded } from './order-state.js';

const rowsShown = 40;

/** The order's story in Markdown: where it stands and why, then what happened. */
export function storyOf(
  standing: Omit<OrderSummary, 'orderId'>,
  timeline: readonly RecordedFact[],
): string {
  const { status, since, stage, paymentStatus, fulfillmentStatus } = standing;
  const reason = timeline.map(reasonOfEnd).find((text) => text !== undefined);
  const why = reason === undefined ? '' : `: ${reason}`;
  const doing = isEnded(standing) ? '' : ` Doing now: ${stage}.`;
  return [
    `**${status}** since ${timeOf(since)} UTC${why}. ` +
      `Payment ${paymentStatus}, fulfillment ${fulfillmentStatus}.${doing}`,
    ...timeline.flatMap(decisionOf),
    ...(standing.needsAttention ? ['**Needs the attention of a person.**'] : []),
    tableOf(timeline.slice(-rowsShown)),
  ].join('\n\n');
}

/** The Web UI sets its tables without any space between the columns. */
const gap = '\u00a0\u00a0';

/** `30 Nov 10:47:18`, on one line. */
const clockOf = (at: string): string =>
  `${timeOf(at)}:${at.slice(17, 19)}`.replaceAll(' ', '\u00a0');

const tableOf = (timeline: readonly RecordedFact[]): string =>
  [
    '| time (UTC) | what | amount or reason |',
    '| --- | --- | --- |',
    ...timeline.map(
      (fact) => `| ${clockOf(fact.at)}${gap} | ${fact.type}${gap} | ${remarkOn(fact)} |`,
    ),
  ].join('\n');

function reasonOfEnd(fact: Fact): string | undefined {
  if (fact.type === 'order.rejected') return fact.reason;
  if (fact.type === 'order.cancelled') return `by ${inCell(fact.by)}, ${inCell(fact.reason)}`;
  return fact.type === 'order.failed' ? `${fact.step} failed for good` : undefined;
}

/** What a person decided about the order. */
function decisionOf(fact: Fact): readonly string[] {
  if (fact.type === 'attention.resolved' && fact.by !== undefined) {
    return [`${inCell(fact.by)} decided on ${fact.reason}: ${remarkOn(fact)}.`];
  }
  if (fact.type === 'order.approved' || fact.type === 'approval.refused') {
    const verb = fact.type === 'order.approved' ? 'approved' : 'did not approve';
    return [`${inCell(fact.by)} ${verb}: ${inCell(fact.reason)}.`];
  }
  return [];
}

/** The amount of a fact, or its reason, or whom or what it is about. */
function remarkOn(fact: Fact): string {
  if ('amount' in fact) return formatMoney(fact.amount);
  if ('total' in fact) return formatMoney(fact.total);
  if (fact.type === 'attention.resolved') {
    return inCell([fact.choice, fact.note].filter(Boolean).join(', ') || 'no longer needed');
  }
  const members: Readonly<Record<string, unknown>> = { ...fact };
  const remark = remarks.map((name) => members[name]).find((value) => typeof value === 'string');
  if (typeof remark === 'string') return inCell(remark);
  // Enough to tell the shipments of one order apart.
  return 'shipmentId' in fact ? `shipment …${fact.shipmentId.slice(-5)}` : '';
}

/** In the order of what says most. */
const remarks = [
  'reason',
  'code',
  'why',
  'cause',
  'undo',
  'template',
  'partnerId',
  'carrier',
  'by',
  'until',
  'step',
];

/** What people write must not end a cell or begin a new line. */
const inCell = (text: string): string => text.replaceAll(/[|\r\n]+/g, ' ');

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `5 Dec 14:00`, in UTC. By hand: what a locale prints may differ from one Node to the next. */
export function timeOf(instant: number | string): string {
  const time = new Date(instant);
  const clock = time.toISOString().slice(11, 16);
  return `${time.getUTCDate()} ${months[time.getUTCMonth()] ?? ''} ${clock}`;
}
