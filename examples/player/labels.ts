import { z } from 'zod';
import { currencies, formatMoney } from '../../src/domain/money.js';
import type { TimelineFact } from '../../src/up/timeline.js';

const moneyAnswer = z.object({ amount: z.number(), currency: z.enum(currencies) });

/** The members that tell facts of one type apart. */
const distinguishing: Readonly<Record<string, readonly string[]>> = {
  'order.placed': ['total'],
  'approval.requested': ['reasons'],
  'order.approved': ['by'],
  'approval.refused': ['by'],
  'code.sent': ['channel'],
  'code.refused': ['why'],
  'shortage.decided': ['decision'],
  'order.reduced': ['total'],
  'order.repriced': ['total'],
  'payment.authorized': ['amount'],
  'payment.declined': ['code'],
  'payment.captured': ['amount'],
  'payment.refunded': ['amount'],
  'payment.remainder_released': ['amount'],
  'payment.disputed': ['amount'],
  'shipment.refused': ['reason'],
  'shipment.abandoned': ['amount'],
  'shipment.scanned': ['status'],
  'mail.sent': ['template'],
  'delivery_partner.offered': ['partner_id'],
  'delivery_partner.declined': ['partner_id', 'why'],
  'delivery_partner.assigned': ['partner_id'],
  'points.awarded': ['points'],
  'points.revoked': ['points'],
  'attention.raised': ['reason'],
  'attention.resolved': ['reason', 'choice'],
  'return.approved': ['by'],
  'compensation.started': ['cause'],
  'undo.settled': ['undo', 'result'],
  'order.cancel_requested': ['by'],
  'order.cancel_refused': ['reason'],
  'order.cancelled': ['by'],
  'order.rejected': ['reason'],
  'order.failed': ['step'],
};

/** A fact in one line: its type, and what tells it apart from others of its type. */
export function labelOf(fact: TimelineFact): string {
  const members = distinguishing[fact.type] ?? [];
  const values = members.flatMap((name) => textOf(fact[name]));
  return [fact.type, ...values].join(' ');
}

function textOf(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return [value.join(', ')];
  const amount = moneyAnswer.safeParse(value);
  if (!amount.success) return [];
  return [formatMoney({ amountMinor: amount.data.amount, currency: amount.data.currency })];
}
