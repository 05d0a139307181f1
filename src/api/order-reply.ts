import type { OrderRecord } from '../db/orders.js';
import type { OrderSummary } from '../workflows/messages.js';
import type { ApiDependencies } from './dependencies.js';
import { alternatives } from './possible-actions.js';
import { problem, type Problem } from './problem.js';
import { content, type Reply } from './reply.js';
import { orderBody } from './representation.js';

export const orderReply = (
  { settings }: Pick<ApiDependencies, 'settings'>,
  status: number,
  order: OrderRecord,
  headers: Readonly<Record<string, string>> = {},
): Reply => content(status, orderBody(order, settings.temporalUi), { orderId: order.id, headers });

/** The order where its workflow says that it stands: its row may be a moment behind. */
export function withSummary(order: OrderRecord, summary: OrderSummary | undefined): OrderRecord {
  if (summary === undefined) return order;
  const { status, stage, since, paymentStatus, fulfillmentStatus, needsAttention } = summary;
  const statusSince = status === order.status ? order.statusSince : new Date(since);
  const shown = { status, stage, paymentStatus, fulfillmentStatus, needsAttention, statusSince };
  return { ...order, ...shown };
}

/** What a client may do who came too early or too late. */
export const wrongState = (order: OrderRecord, detail?: string): Problem =>
  problem('order_in_wrong_state', {
    detail: detail ?? `The order is ${order.status}, at ${order.stage}.`,
    members: stateMembers(order, alternatives(order)),
  });

export const stateMembers = (order: OrderRecord, possible: readonly string[]) => ({
  current_status: order.status,
  current_stage: order.stage,
  since: order.statusSince.toISOString(),
  alternatives: possible,
});
