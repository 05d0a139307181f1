import type { Database } from '../db/database.js';
import {
  holdKey,
  insertReturn,
  keepAnswer,
  lockReturnBasis,
  type NewReturn,
  type ReturnBasis,
} from '../db/return-acceptance.js';
import { findReturn, type ReturnRecord } from '../db/returns.js';
import { newId } from '../db/new-id.js';
import { sum, type Money } from '../domain/money.js';
import type { OrderStatus } from '../domain/order-state.js';
import { chargeReturn, type LineRefusal } from '../domain/returnable.js';
import { approvalFor, firstStatus, type ReturnRuleLimits } from '../domain/returns.js';
import { serviceLevels } from '../domain/service-level.js';
import { returnBody, type ReturnBody } from './return-body.js';
import { replay, type Claim, type Replay } from './accept-order.js';
import type { ReturnRequest } from './schemas/return-request.js';

type ReturnClaim = Pick<Claim, 'key' | 'fingerprint'>;

type Refusal =
  | { readonly kind: 'order_not_found' }
  | { readonly kind: 'not_delivered'; readonly status: OrderStatus; readonly since: Date }
  | { readonly kind: 'window_closed'; readonly closedAt: Date }
  | { readonly kind: 'lines_refused'; readonly refusals: readonly LineRefusal[] };

export type ReturnAcceptance =
  | { readonly kind: 'accepted'; readonly record: ReturnRecord; readonly body: ReturnBody }
  | Replay
  | { readonly kind: 'key_busy' }
  | Refusal;

/** Stores the return under its key, or says why not; then nothing was stored. */
export const acceptReturn = (
  database: Database,
  request: ReturnRequest,
  claim: ReturnClaim,
  limits: ReturnRuleLimits,
): Promise<ReturnAcceptance> =>
  database.transaction().execute(async (transaction) => {
    const held = await holdKey(transaction, claim.key);
    if (held.kind === 'busy') return { kind: 'key_busy' };
    if (held.kind === 'used') return replay(held.answer, claim);

    const basis = await lockReturnBasis(transaction, request.order_id);
    if (basis === undefined) return { kind: 'order_not_found' };
    const decision = decide(request, basis);
    if (decision.kind !== 'charged') return decision;

    const asked = newReturn(request, basis, decision.lines, limits);
    await insertReturn(transaction, asked);
    const record = await findReturn(transaction, asked.id);
    if (record === undefined) throw new Error(`${asked.id} is not there after its insert`);
    const body = returnBody(record);
    await keepAnswer(transaction, asked.orderId, { ...claim, response: body });
    return { kind: 'accepted', record, body };
  });

type PricedLine = ReturnRequest['lines'][number] & { readonly amount: Money };
type Decision = Refusal | { readonly kind: 'charged'; readonly lines: readonly PricedLine[] };

function decide({ lines }: ReturnRequest, basis: ReturnBasis): Decision {
  const { status, statusSince, serviceLevel, now } = basis.order;
  if (status !== 'delivered') return { kind: 'not_delivered', status, since: statusSince };
  const { windowMs } = serviceLevels[serviceLevel].returns;
  const closedAt = new Date(statusSince.getTime() + windowMs);
  if (now > closedAt) return { kind: 'window_closed', closedAt };
  const charge = chargeReturn(lines, basis.orderedSkus, basis.goods, basis.returns);
  return charge.kind === 'charged' ? charge : { kind: 'lines_refused', refusals: charge.refusals };
}

function newReturn(
  request: ReturnRequest,
  { order }: ReturnBasis,
  charged: readonly PricedLine[],
  limits: ReturnRuleLimits,
): NewReturn {
  const amount = sum(
    charged.map((line) => line.amount),
    order.currency,
  );
  const reasons = charged.map(({ reason }) => reason);
  const approval = approvalFor({ amount, reasons }, limits);
  return {
    id: newId('ret'),
    orderId: request.order_id,
    kind: request.kind,
    status: firstStatus(approval),
    requestedBy: request.requested_by,
    approval,
    amountMinor: amount.amountMinor,
    currency: order.currency,
    createdAt: order.now,
    lines: charged.map(({ amount: { amountMinor }, ...line }) => ({ ...line, amountMinor })),
  };
}
