import { attentionFact } from '../domain/attention-item.js';
import type { Fact, SkuQuantity } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { Money } from '../domain/money.js';
import type {
  AddressChange,
  Label,
  LabelRequest,
  OrderDetails,
  Ports,
  VoidedLabel,
} from './ports.js';
import {
  idempotencyKey,
  numbered,
  recordEffect,
  recordOutcome,
  compensationFacts,
  type Step,
  type StepResult,
} from './step.js';

interface Ship extends Step {
  readonly shipmentId: ShipmentId;
}

export interface CreateShipment extends Ship {
  readonly warehouseId: string;
  readonly lines: readonly SkuQuantity[];
  /** Whether it takes the place of a parcel that got lost. */
  readonly isReplacement?: boolean;
  /** Counts the tries with another address, from 1. */
  readonly number: number;
}

export interface VoidLabel extends Ship {
  /** Whether the caller itself deals with a parcel that has gone; else a person is called here. */
  readonly isAnswered: boolean;
}

export interface ChangeAddress extends Step {
  readonly changeId: string;
  readonly by: string;
  /** False once the payment is authorized. */
  readonly mayReprice: boolean;
  /** What the order costs until now. */
  readonly total: Money;
}

export const shippingActivities = ({
  carrier,
  orders,
  journal,
}: Pick<Ports, 'carrier' | 'orders' | 'journal'>) => ({
  /** A carrier that has refused once may accept the second time; the order has gone on meanwhile. */
  createShipment: retryable(async (step: CreateShipment): Promise<StepResult<Label>> => {
    const { orderId, shipmentId, number } = step;
    const key = numbered(`createShipment:${shipmentId}`, number);
    const known = refusalIn(await journal.find(orderId, key));
    const factsOf = (label: Label) => [labelFact(label, shipmentId)];
    if (known) return recordOutcome(journal, step, key, known, factsOf(known));
    const buying = carrier.buyLabel(await labelRequest(orders, step));
    return recordEffect(journal, step, key, buying, factsOf);
  }),

  voidLabel: alwaysRetryable(async (step: VoidLabel): Promise<StepResult<VoidedLabel>> => {
    const voided = await carrier.voidLabel({
      orderId: step.orderId,
      shipmentId: step.shipmentId,
      idempotencyKey: idempotencyKey(step.orderId, 'voidLabel', step.shipmentId),
    });
    const facts = voidedFacts(voided, step);
    return recordOutcome(journal, step, `voidLabel:${step.shipmentId}`, voided, facts);
  }),

  /** The order goes to another address from now on. */
  changeAddress: retryable(async (step: ChangeAddress): Promise<StepResult<AddressChange>> => {
    const { orderId, changeId, by, mayReprice } = step;
    const change = await orders.changeAddress(orderId, changeId, mayReprice);
    const facts: readonly Fact[] =
      change.kind === 'changed'
        ? [{ type: 'address.changed', by }, ...repricedFacts(change.total, step.total)]
        : [];
    return recordOutcome(journal, step, `changeAddress:${changeId}`, change, facts);
  }),
});

async function labelRequest(orders: Ports['orders'], step: CreateShipment): Promise<LabelRequest> {
  const { orderId, shipmentId, warehouseId, lines, isReplacement = false } = step;
  const details = await orders.find(orderId);
  return {
    orderId,
    shipmentId,
    warehouseId,
    from: await orders.warehouse(warehouseId),
    to: details.shippingAddress,
    isReplacement,
    weightGrams: weightOf(details, lines),
    currency: details.total.currency,
    idempotencyKey: idempotencyKey(orderId, 'createShipment', shipmentId),
  };
}

function refusalIn(facts: readonly Fact[]): Label | undefined {
  const refused = facts.find((fact) => fact.type === 'shipment.refused');
  return refused && { kind: 'refused', reason: refused.reason };
}

const repricedFacts = (now: Money, before: Money): readonly Fact[] =>
  now.amountMinor === before.amountMinor ? [] : [{ type: 'order.repriced', total: now }];

export function weightOf(details: OrderDetails, lines: readonly SkuQuantity[]): number {
  const grams = new Map(details.lines.map(({ sku, weightGrams }) => [sku, weightGrams]));
  return lines.reduce((sum, { sku, quantity }) => sum + (grams.get(sku) ?? 0) * quantity, 0);
}

function labelFact(label: Label, shipmentId: ShipmentId): Fact {
  switch (label.kind) {
    case 'bought': {
      const { carrier, trackingNumber } = label;
      return { type: 'shipment.created', shipmentId, carrier, trackingNumber };
    }
    case 'refused':
      return { type: 'shipment.refused', shipmentId, reason: label.reason };
  }
}

function voidedFacts(voided: VoidedLabel, { shipmentId, isAnswered }: VoidLabel): readonly Fact[] {
  if (voided.kind === 'too_late') {
    if (isAnswered) return [];
    return [attentionFact({ reason: 'parcel_already_gone', subject: shipmentId })];
  }
  return compensationFacts(voided, 'voidLabel', { type: 'label.voided', shipmentId }, shipmentId);
}
