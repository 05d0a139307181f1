import type { Fact, InspectedLine, SkuQuantity } from '../domain/facts.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { Settlement } from '../domain/returnable.js';
import { stuckFact } from '../domain/returns.js';
import { alwaysRetryable } from './error-classification.js';
import type { Label, Ports, ReturnEntry } from './ports.js';
import { weightOf } from './shipping.js';
import { idempotencyKey, numbered, compensationFacts, type StepResult } from './step.js';

/** What every step of a return is called with. */
export interface ReturnStep {
  readonly orderId: OrderId;
  readonly returnId: ReturnId;
}

export interface ReturnedGoods extends ReturnStep {
  readonly lines: readonly SkuQuantity[];
}

export interface InspectReturn extends ReturnStep {
  readonly by: string;
  readonly lines: readonly InspectedLine[];
}

export interface RefundReturn extends ReturnStep {
  readonly paymentId: string;
  readonly amount: Money;
  /** Counts the payments that the refund comes from, from 1. */
  readonly number: number;
}

/** Nothing of a return is final: what a provider refuses today, a person can fix. */
export const returnActivities = (ports: Ports) => ({
  createReturnLabel: alwaysRetryable(async (step: ReturnedGoods): Promise<StepResult<Label>> => {
    const label = await buyLabel(ports, step);
    const facts = [labelFact(label, step.returnId)];
    return recordReturnOutcome(ports, step, 'createReturnLabel', label, facts);
  }),

  inspectReturn: alwaysRetryable(async (step: InspectReturn): Promise<StepResult<Settlement>> => {
    const key = keyOf(step, 'inspectReturn');
    const { settlement, ...written } = await ports.returns.settle({ ...step, key });
    return { outcome: settlement, ...written };
  }),

  refundReturn: alwaysRetryable(async (step: RefundReturn) => {
    const { orderId, returnId, paymentId, amount, number } = step;
    const key = numbered(keyOf(step, 'refundPayment'), number);
    const undone = await ports.payments.refund({
      orderId,
      paymentId,
      amount,
      idempotencyKey: `${orderId}:${key}`,
      scope: 'part',
    });
    const refunded: Fact = { type: 'payment.refunded', amount, returnId, paymentId };
    const facts = compensationFacts(undone, 'refundPayment', refunded, returnId);
    return {
      outcome: undone,
      ...(await ports.returns.record({ orderId, returnId, key, facts })),
    };
  }),

  restockReturn: alwaysRetryable(async (step: ReturnedGoods): Promise<StepResult<null>> => {
    const { orderId, returnId, lines } = step;
    await ports.inventory.restock(`${orderId}:${returnId}`, lines);
    const facts = [{ type: 'inventory.restocked', lines }] as const;
    return recordReturnOutcome(ports, step, 'restockReturn', null, facts);
  }),

  placeExchange: alwaysRetryable(async (step: ReturnStep): Promise<StepResult<OrderId>> => {
    const { returnId } = step;
    const exchangeOrderId = await ports.exchanges.place(returnId);
    const facts = [{ type: 'exchange.placed', returnId, exchangeOrderId }] as const;
    return recordReturnOutcome(ports, step, 'placeExchange', exchangeOrderId, facts);
  }),

  /** What no step brought about: a decision, a deadline, the end. */
  recordReturn: alwaysRetryable(async (entry: ReturnEntry): Promise<StepResult<null>> => {
    return { outcome: null, ...(await ports.returns.record(entry)) };
  }),
});

const keyOf = ({ returnId }: ReturnStep, step: string): string => `${step}:${returnId}`;

/** Writes what a step of a return brought about, at its end and once. */
async function recordReturnOutcome<Outcome>(
  { returns }: Ports,
  { orderId, returnId }: ReturnStep,
  step: string,
  outcome: Outcome,
  facts: readonly Fact[],
): Promise<StepResult<Outcome>> {
  const key = keyOf({ orderId, returnId }, step);
  return { outcome, ...(await returns.record({ orderId, returnId, key, facts })) };
}

async function buyLabel(
  { returns, orders, carrier }: Ports,
  { orderId, returnId, lines }: ReturnedGoods,
): Promise<Label> {
  const details = await orders.find(orderId);
  return carrier.buyReturnLabel({
    orderId,
    returnId,
    from: details.shippingAddress,
    to: await orders.warehouse(await returns.warehouseOf(returnId)),
    weightGrams: weightOf(details, lines),
    currency: details.total.currency,
    idempotencyKey: idempotencyKey(orderId, 'createReturnLabel', returnId),
  });
}

/** Without a label the goods can still come: a person has to find out how. */
function labelFact(label: Label, returnId: ReturnId): Fact {
  switch (label.kind) {
    case 'bought': {
      const { carrier, trackingNumber } = label;
      return { type: 'return.label_created', returnId, carrier, trackingNumber };
    }
    case 'refused':
      return stuckFact(`${returnId}:createReturnLabel`);
  }
}
