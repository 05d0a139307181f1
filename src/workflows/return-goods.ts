import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { SkuQuantity } from '../domain/facts.js';
import { money, sum, type Money } from '../domain/money.js';
import type { RefundShare } from '../domain/refund-shares.js';
import type { Settlement } from '../domain/returnable.js';
import type { Approval, Inspection, ReturnInput, ReturnSummary } from './messages.js';
import { ReturnDesk } from './return-desk.js';
import { ReturnLife } from './return-life.js';

/** The biography of one return, from asked for to paid back, or refused, or never sent. */
export async function returnGoods(input: ReturnInput): Promise<ReturnSummary> {
  const life = new ReturnLife(input);
  const desk = new ReturnDesk(life);
  return CancellationScope.nonCancellable(() => live(life, desk));
}

async function live(life: ReturnLife, desk: ReturnDesk): Promise<ReturnSummary> {
  if (await approve(life, desk)) {
    await sendLabel(life);
    const inspection = await desk.goods(life.input.limits.arriveMs);
    if (inspection === undefined) await expire(life);
    else await giveBack(life, inspection);
  }
  await life.asidesDone();
  await condition(allHandlersFinished);
  return life.summary();
}

/** Who decides when no rule asks for a person, and when no person does. */
const byPolicy: Approval = {
  decision: 'approve',
  by: 'policy',
  reason: 'no rule asks for a person',
};
const overdue: Approval = {
  decision: 'reject',
  by: 'policy',
  reason: 'nobody approved it in time',
};

async function approve(life: ReturnLife, desk: ReturnDesk): Promise<boolean> {
  const { returnId, lines, approval, limits } = life.input;
  const { decision, by, reason } =
    approval.length === 0 ? byPolicy : ((await desk.decision(limits.approveMs)) ?? overdue);
  if (decision === 'approve') {
    await life.record('approve', [{ type: 'return.approved', returnId, by }]);
    return true;
  }
  await life.record('refuse', [{ type: 'return.refused', returnId, by, reason }]);
  life.mail('return_refused', { lines: lines.map(unitsOf), reasons: [reason] });
  return false;
}

async function sendLabel(life: ReturnLife): Promise<void> {
  const lines = life.input.lines.map(unitsOf);
  const label = await life.insist(
    'createReturnLabel',
    { lines },
    { summary: 'buy a return label' },
  );
  const until = new Date(Date.now() + life.input.limits.arriveMs).toISOString();
  const { carrier, trackingNumber } = label.kind === 'bought' ? label : {};
  life.mail('return_approved', { lines, until, carrier, trackingNumber });
}

const expire = (life: ReturnLife): Promise<void> =>
  life.record('expire', [{ type: 'return.expired', returnId: life.input.returnId }]);

/** What follows from the inspection goes side by side: none waits for another that is stuck. */
async function giveBack(life: ReturnLife, inspection: Inspection): Promise<void> {
  const { returnId } = life.input;
  const settlement = await life.insist('inspectReturn', inspection, {
    summary: 'decide what is refunded',
  });
  const accepted = inspection.lines.filter(({ verdict }) => verdict !== 'refuse').map(unitsOf);
  await Promise.all([
    ...settlement.refunds.map((share, index) => refund(life, share, index + 1)),
    restock(life, inspection),
    revokePoints(life, settlement),
    placeExchange(life, accepted),
  ]);
  await life.record('complete', [
    { type: 'return.completed', returnId },
    ...(settlement.isEverythingBack ? [{ type: 'order.returned' } as const] : []),
  ]);
  life.mail('return_completed', {
    amount: totalOf(life, settlement),
    ...(accepted.length > 0 && { lines: accepted }),
  });
}

const refund = (life: ReturnLife, share: RefundShare, number: number) =>
  life.insist(
    'refundReturn',
    { ...share, number },
    { summary: 'pay back', subject: String(number), exposure: share.amount },
  );

async function restock(life: ReturnLife, inspection: Inspection): Promise<void> {
  const lines = inspection.lines.filter(({ verdict }) => verdict === 'restock').map(unitsOf);
  if (lines.length > 0) await life.insist('restockReturn', { lines }, { summary: 'restock' });
}

async function revokePoints(life: ReturnLife, { points }: Settlement): Promise<void> {
  if (!life.input.member || points === 0) return;
  await life.insist('revokePartOfPoints', { points }, { summary: `take ${points} points back` });
}

async function placeExchange(life: ReturnLife, accepted: readonly SkuQuantity[]): Promise<void> {
  if (life.input.kind !== 'exchange' || accepted.length === 0) return;
  await life.insist('placeExchange', {}, { summary: 'order the same goods again' });
}

const totalOf = ({ input }: ReturnLife, { refunds }: Settlement): Money => {
  const currency = input.lines[0]?.amount.currency ?? 'EUR';
  return sum([money(0, currency), ...refunds.map(({ amount }) => amount)], currency);
};

const unitsOf = ({ sku, quantity }: SkuQuantity): SkuQuantity => ({ sku, quantity });
