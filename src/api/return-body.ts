import type { ReturnRecord, ReturnRecordLine } from '../db/returns.js';
import type { ReturnId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import type { ReturnStatus } from '../domain/returns.js';
import { moneyBody, orderPath, wireBody } from './representation.js';

export type ReturnBody = ReturnType<typeof returnBody>;

/** A return as it goes over the wire. */
export const returnBody = (record: ReturnRecord) => ({
  id: record.id,
  object: 'return' as const,
  order_id: record.orderId,
  kind: record.kind,
  status: record.status,
  since: record.statusSince.toISOString(),
  requested_by: record.requestedBy,
  approval: record.approval,
  reason: record.reason,
  lines: record.lines.map((line) => lineBody(line, record.currency)),
  amount: moneyBody({ amountMinor: record.amountMinor, currency: record.currency }),
  refund:
    record.refundMinor === null
      ? null
      : moneyBody({ amountMinor: record.refundMinor, currency: record.currency }),
  carrier: record.carrier,
  tracking_number: record.trackingNumber,
  exchange_order_id: record.exchangeOrderId,
  created_at: record.createdAt.toISOString(),
  links: {
    self: returnPath(record.id),
    order: orderPath(record.orderId),
    ...actionLinks(record),
  },
});

export const returnPath = (returnId: ReturnId): string => `/v1/returns/${returnId}`;

export type ReturnAction = 'approve' | 'reject' | 'inspection';

const actions: { readonly [Status in ReturnStatus]?: readonly ReturnAction[] } = {
  awaiting_approval: ['approve', 'reject'],
  awaiting_goods: ['inspection'],
};

/** What can be asked of a return as far as its row knows; its workflow decides. */
export const possibleReturnActions = (status: ReturnStatus): readonly ReturnAction[] =>
  actions[status] ?? [];

const actionLinks = ({ id, status }: ReturnRecord): Readonly<Record<string, string>> =>
  Object.fromEntries(
    possibleReturnActions(status).map((action) => [action, `${returnPath(id)}/${action}`]),
  );

const lineBody = ({ amountMinor, ...line }: ReturnRecordLine, currency: Currency) => ({
  ...wireBody(line),
  amount: moneyBody({ amountMinor, currency }),
});
