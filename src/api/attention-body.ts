import type { AttentionRecord } from '../db/attention.js';
import type { OpenAttention } from '../db/orders.js';
import { moneyBody } from './money-body.js';

/** An open item as its order shows it. */
export const openAttentionBody = (item: OpenAttention) => ({
  id: item.id,
  reason: item.reason,
  subject: item.subject,
  owner: item.owner,
  choices: item.choices,
  raised_at: new Date(item.raisedAt).toISOString(),
});

export const attentionBody = (item: AttentionRecord) => ({
  id: item.id,
  object: 'attention' as const,
  order_id: item.orderId,
  reason: item.reason,
  subject: item.subject,
  owner: item.owner,
  exposure: item.exposure === null ? null : moneyBody(item.exposure),
  choices: item.choices,
  raised_at: item.raisedAt.toISOString(),
  age_seconds: item.ageSeconds,
  resolution: resolutionBody(item),
});

const resolutionBody = ({ resolvedAt, resolvedBy, choice, note }: AttentionRecord) =>
  resolvedAt === null
    ? null
    : { by: resolvedBy, choice, note, resolved_at: resolvedAt.toISOString() };
