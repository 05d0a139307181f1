import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { asStep, asUndo } from './fate.js';
import type { Label, OrderDetails, Ports, Undone } from './ports.js';
import { idempotencyKey, tell, undoneFacts, type Step, type Told } from './step.js';

export interface Ship extends Step {
  readonly shipmentId: ShipmentId;
}

export type VoidedLabel = Undone | { readonly kind: 'too_late' };

export const shippingActivities = ({
  carrier,
  orders,
  journal,
}: Pick<Ports, 'carrier' | 'orders' | 'journal'>) => ({
  createShipment: asStep(async (step: Ship): Promise<Told<Label>> => {
    const details = await orders.find(step.orderId);
    const label = await carrier.buyLabel({
      orderId: step.orderId,
      shipmentId: step.shipmentId,
      to: details.shippingAddress,
      weightGrams: weightOf(details),
      currency: details.total.currency,
      idempotencyKey: idempotencyKey(step.orderId, 'createShipment', step.shipmentId),
    });
    const fact = labelFact(label, step.shipmentId);
    return tell(journal, step, `createShipment:${step.shipmentId}`, label, [fact]);
  }),

  voidLabel: asUndo(async (step: Ship): Promise<Told<VoidedLabel>> => {
    const voided = await carrier.voidLabel({
      orderId: step.orderId,
      shipmentId: step.shipmentId,
      idempotencyKey: idempotencyKey(step.orderId, 'voidLabel', step.shipmentId),
    });
    const facts = voidedFacts(voided, step.shipmentId);
    return tell(journal, step, `voidLabel:${step.shipmentId}`, voided, facts);
  }),
});

const weightOf = ({ lines }: OrderDetails): number =>
  lines.reduce((grams, line) => grams + line.weightGrams * line.quantity, 0);

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

function voidedFacts(voided: VoidedLabel, shipmentId: ShipmentId): readonly Fact[] {
  return voided.kind === 'too_late'
    ? [{ type: 'attention.raised', reason: 'parcel_already_gone', subject: shipmentId }]
    : undoneFacts(voided, 'voidLabel', { type: 'label.voided', shipmentId });
}
