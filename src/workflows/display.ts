import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { RecordedFact } from '../domain/facts.js';
import type { OrderSummary } from './messages.js';

const orderStatus = defineSearchAttributeKey('OrderStatus', 'KEYWORD');
const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL');

/** What the list of workflows can be searched by. */
export const searchAttributesOf = (summary: OrderSummary): SearchAttributePair[] => [
  { key: orderStatus, value: summary.status },
  { key: needsAttention, value: summary.needsAttention },
];

/** The order's story in Markdown, for the Web UI. */
export function detailsOf(summary: OrderSummary, timeline: readonly RecordedFact[]): string {
  const attention = summary.needsAttention ? '\n\n**Needs attention of a person.**' : '';
  return [
    `**${summary.status}** since ${summary.since} (payment ${summary.paymentStatus}, ` +
      `fulfillment ${summary.fulfillmentStatus}). Doing now: ${summary.stage}.${attention}`,
    '',
    '| # | at | what |',
    '|---|---|---|',
    ...timeline.slice(-40).map((fact) => `| ${fact.sequence} | ${fact.at} | ${fact.type} |`),
  ].join('\n');
}
