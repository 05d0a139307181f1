import type { Fact, FactOf, FactType } from '../../src/domain/facts.js';
import type { OrderId, ReturnId, ShipmentId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';

const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const shipmentId: ShipmentId = 'shp_01m7y219pffzv8pj63v9wcvshh';
const returnId: ReturnId = 'ret_01m7y219pffzv8pj63v9wcvshh';
const replacementId: ShipmentId = 'shp_01m7y219pffzv8pj63v9wcvshk';
const until = '2026-01-05T09:00:00.000Z';
const by = 'mia';
const goods = [{ sku: 'TEA-100', quantity: 1 }];

/** The half of an order of two parcels. */
export const half = money(1_000, 'EUR');
const whole = money(2_000, 'EUR');

/** One fact of every type, told of an order of two parcels that cost `half` each. */
export const factSamples: { readonly [Type in FactType]: FactOf<Type> } = {
  'approval.requested': { type: 'approval.requested', reasons: ['large_amount'] },
  'approval.reminded': { type: 'approval.reminded' },
  'order.approved': { type: 'order.approved', by, reason: 'known' },
  'approval.refused': { type: 'approval.refused', by, reason: 'unknown' },
  'approval.expired': { type: 'approval.expired' },
  'code.sent': { type: 'code.sent', channel: 'email', number: 1 },
  'code.refused': { type: 'code.refused', why: 'wrong', triesLeft: 4 },
  'code.exhausted': { type: 'code.exhausted' },
  'code.verified': { type: 'code.verified' },
  'inventory.reserved': {
    type: 'inventory.reserved',
    parcels: [
      { warehouseId: 'wh_1', lines: goods },
      { warehouseId: 'wh_2', lines: goods },
    ],
  },
  'inventory.short': {
    type: 'inventory.short',
    lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
  },
  'inventory.backordered': { type: 'inventory.backordered', until },
  'inventory.hold_extended': { type: 'inventory.hold_extended', until },
  'inventory.released': { type: 'inventory.released' },
  'inventory.parcel_released': { type: 'inventory.parcel_released', shipmentId },
  'inventory.written_off': { type: 'inventory.written_off', shipmentId },
  'inventory.restocked': { type: 'inventory.restocked', lines: goods },
  'shortage.asked': { type: 'shortage.asked', until },
  'shortage.reminded': { type: 'shortage.reminded' },
  'shortage.decided': { type: 'shortage.decided', by, decision: 'wait' },
  'order.reduced': { type: 'order.reduced', dropped: goods, total: half },
  'payment.authorized': { type: 'payment.authorized', paymentId: 'pi_1', amount: whole },
  'payment.declined': { type: 'payment.declined', code: 'generic_decline' },
  'payment.action_required': { type: 'payment.action_required', paymentId: 'pi_1', until },
  'payment.action_failed': { type: 'payment.action_failed', paymentId: 'pi_1', why: 'expired' },
  'payment.method_requested': { type: 'payment.method_requested', until },
  'payment.method_changed': { type: 'payment.method_changed', by },
  'payment.authorization_expired': { type: 'payment.authorization_expired', paymentId: 'pi_1' },
  'payment.captured': { type: 'payment.captured', amount: half, shipmentId },
  'payment.voided': { type: 'payment.voided' },
  'payment.remainder_released': { type: 'payment.remainder_released', amount: half },
  'payment.refunded': { type: 'payment.refunded', amount: half, shipmentId },
  'payment.disputed': { type: 'payment.disputed', disputeId: 'dp_1', amount: half },
  'payment.late': { type: 'payment.late', paymentId: 'pi_1', settled: 'voided' },
  'shipment.created': {
    type: 'shipment.created',
    shipmentId,
    carrier: 'Post',
    trackingNumber: 'T1',
  },
  'shipment.refused': { type: 'shipment.refused', shipmentId, reason: 'no_service' },
  'shipment.abandoned': { type: 'shipment.abandoned', shipmentId, amount: half },
  'label.voided': { type: 'label.voided', shipmentId },
  'shipment.handed_over': { type: 'shipment.handed_over', shipmentId },
  'shipment.scanned': { type: 'shipment.scanned', shipmentId, status: 'in_transit' },
  'shipment.delayed': { type: 'shipment.delayed', shipmentId },
  'shipment.exception': { type: 'shipment.exception', shipmentId },
  'shipment.lost': { type: 'shipment.lost', shipmentId },
  'shipment.returned_to_sender': { type: 'shipment.returned_to_sender', shipmentId },
  'shipment.replaced': { type: 'shipment.replaced', shipmentId, replacementId },
  'shipment.delivered': { type: 'shipment.delivered', shipmentId },
  'address.fix_requested': { type: 'address.fix_requested', shipmentId, until },
  'address.changed': { type: 'address.changed', by },
  'order.repriced': { type: 'order.repriced', total: whole },
  'confirmation.sent': { type: 'confirmation.sent' },
  'cancellation.sent': { type: 'cancellation.sent' },
  'mail.sent': { type: 'mail.sent', template: 'order_placed' },
  'seller.notified': { type: 'seller.notified', sellerIds: ['sel_leaf'] },
  'delivery_partner.offered': {
    type: 'delivery_partner.offered',
    partnerId: 'dp_1',
    offerId: 'off_1',
    until,
  },
  'delivery_partner.declined': {
    type: 'delivery_partner.declined',
    partnerId: 'dp_1',
    offerId: 'off_1',
    why: 'silent',
  },
  'delivery_partner.assigned': {
    type: 'delivery_partner.assigned',
    partnerId: 'dp_1',
    pickUpFrom: '2026-01-05T09:00:00.000Z',
    pickUpUntil: '2026-01-05T12:00:00.000Z',
  },
  'delivery_partner.unavailable': { type: 'delivery_partner.unavailable' },
  'delivery_partner.released': { type: 'delivery_partner.released' },
  'points.awarded': { type: 'points.awarded', points: 20 },
  'points.revoked': { type: 'points.revoked' },
  'attention.raised': {
    type: 'attention.raised',
    reason: 'undo_stuck',
    subject: 'voidLabel',
    owner: 'support',
    choices: ['waive'],
  },
  'attention.resolved': { type: 'attention.resolved', reason: 'undo_stuck', subject: 'voidLabel' },
  'return.requested': { type: 'return.requested', returnId, lines: goods },
  'return.approved': { type: 'return.approved', returnId, by },
  'return.refused': { type: 'return.refused', returnId, by, reason: 'worn' },
  'return.label_created': { type: 'return.label_created', returnId, trackingNumber: 'T2' },
  'return.received': { type: 'return.received', returnId, lines: [] },
  'return.expired': { type: 'return.expired', returnId },
  'return.completed': { type: 'return.completed', returnId },
  'order.returned': { type: 'order.returned' },
  'exchange.placed': { type: 'exchange.placed', returnId, exchangeOrderId: orderId },
  'order.placed': {
    type: 'order.placed',
    total: whole,
    customerId: 'cus_42',
    isMember: true,
    lines: [{ lineNumber: 1, sku: 'TEA-100', quantity: 2, sellerId: 'sel_leaf', amount: whole }],
  },
  'order.confirmed': { type: 'order.confirmed' },
  'order.cancel_requested': { type: 'order.cancel_requested', by, reason: 'changed my mind' },
  'order.cancel_refused': { type: 'order.cancel_refused', by, status: 'shipped' },
  'compensation.started': { type: 'compensation.started', cause: 'cancelled', undos: [] },
  'undo.settled': { type: 'undo.settled', undo: 'voidLabel', result: 'waived' },
  'order.delivered': { type: 'order.delivered' },
  'order.cancelled': { type: 'order.cancelled', by, reason: 'changed my mind' },
  'order.rejected': { type: 'order.rejected', reason: 'out_of_stock' },
  'order.failed': { type: 'order.failed', step: 'createShipment' },
};

export const factTypes = Object.keys(factSamples) as readonly FactType[];

/** The facts of these types, in their order. */
export const facts = (...types: readonly FactType[]): readonly Fact[] =>
  types.map((type) => factSamples[type]);
