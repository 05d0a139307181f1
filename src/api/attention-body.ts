import type { AttentionRecord } from '../db/attention.js';
import type { OpenAttention } from '../db/orders.js';
import {
  attentionKinds,
  type AttentionChoice,
  type AttentionOwner,
  type AttentionReason,
} from '../domain/attention.js';
import { moneyBody } from './money-body.js';

/** Items of orders of the first version name no choices: nothing but a person can settle them. */
const unnamedChoices: readonly AttentionChoice[] = ['mark_done', 'waive'];

interface Named {
  readonly reason: AttentionReason;
  readonly owner: AttentionOwner | null;
  readonly choices: readonly AttentionChoice[];
}

export const choicesOf = ({ choices }: Named): readonly AttentionChoice[] =>
  choices.length > 0 ? choices : unnamedChoices;

/** An open item as its order shows it. */
export const openAttentionBody = (item: OpenAttention) => ({
  id: item.id,
  reason: item.reason,
  subject: item.subject,
  owner: ownerOf(item),
  choices: choicesOf(item),
  raised_at: new Date(item.raisedAt).toISOString(),
});

export const attentionBody = (item: AttentionRecord) => ({
  id: item.id,
  object: 'attention' as const,
  order_id: item.orderId,
  reason: item.reason,
  subject: item.subject,
  owner: ownerOf(item),
  exposure: item.exposure === null ? null : moneyBody(item.exposure),
  choices: choicesOf(item),
  raised_at: item.raisedAt.toISOString(),
  age_seconds: item.ageSeconds,
  resolution: resolutionBody(item),
});

const ownerOf = ({ owner, reason }: Named): AttentionOwner => owner ?? attentionKinds[reason].owner;

const resolutionBody = ({ resolvedAt, resolvedBy, choice, note }: AttentionRecord) =>
  resolvedAt === null
    ? null
    : { by: resolvedBy, choice, note, resolved_at: resolvedAt.toISOString() };
