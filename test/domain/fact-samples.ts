import type { Fact, FactData, FactOf, FactType } from '../../src/domain/facts.js';
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

/** What one fact of every type says about an order of two parcels that cost `half` each. */
const samples: FactData = {
  'approval.requested': { reasons: ['large_amount'] },
  'approval.reminded': {},
  'order.approved': { by, reason: 'known' },
  'approval.refused': { by, reason: 'unknown' },
  'approval.expired': {},
  'code.sent': { channel: 'email', number: 1 },
  'code.refused': { why: 'wrong', triesLeft: 4 },
  'code.exhausted': {},
  'code.verified': {},
  'inventory.reserved': {
    parcels: [
      { warehouseId: 'wh_1', lines: goods },
      { warehouseId: 'wh_2', lines: goods },
    ],
  },
  'inventory.short': { lines: [{ sku: 'TEA-100', asked: 2, available: 1 }] },
  'inventory.backordered': { until },
  'inventory.hold_extended': { until },
  'inventory.released': {},
  'inventory.parcel_released': { shipmentId },
  'inventory.written_off': { shipmentId },
  'inventory.restocked': { lines: goods },
  'shortage.asked': { until },
  'shortage.reminded': {},
  'shortage.decided': { by, decision: 'wait' },
  'order.reduced': { dropped: goods, total: half },
  'payment.authorized': { paymentId: 'pi_1', amount: whole },
  'payment.declined': { code: 'generic_decline' },
  'payment.action_required': { paymentId: 'pi_1', until },
  'payment.action_failed': { paymentId: 'pi_1', why: 'expired' },
  'payment.method_requested': { until },
  'payment.method_changed': { by },
  'payment.authorization_expired': { paymentId: 'pi_1' },
  'payment.captured': { amount: half, shipmentId },
  'payment.voided': {},
  'payment.remainder_released': { amount: half },
  'payment.refunded': { amount: half, shipmentId },
  'payment.disputed': { disputeId: 'dp_1', amount: half },
  'payment.late': { paymentId: 'pi_1', settled: 'voided' },
  'shipment.created': { shipmentId, carrier: 'Post', trackingNumber: 'T1' },
  'shipment.refused': { shipmentId, reason: 'no_service' },
  'shipment.abandoned': { shipmentId, amount: half },
  'label.voided': { shipmentId },
  'shipment.handed_over': { shipmentId },
  'shipment.scanned': { shipmentId, status: 'in_transit' },
  'shipment.delayed': { shipmentId },
  'shipment.exception': { shipmentId },
  'shipment.lost': { shipmentId },
  'shipment.returned_to_sender': { shipmentId },
  'shipment.replaced': { shipmentId, replacementId },
  'shipment.delivered': { shipmentId },
  'address.fix_requested': { shipmentId, until },
  'address.changed': { by },
  'order.repriced': { total: whole },
  'confirmation.sent': {},
  'cancellation.sent': {},
  'mail.sent': { template: 'order_placed' },
  'seller.notified': { sellerIds: ['sel_leaf'] },
  'delivery_partner.offered': { partnerId: 'dp_1', offerId: 'off_1', until },
  'delivery_partner.declined': { partnerId: 'dp_1', offerId: 'off_1', why: 'silent' },
  'delivery_partner.assigned': {
    partnerId: 'dp_1',
    pickUpFrom: '2026-01-05T09:00:00.000Z',
    pickUpUntil: '2026-01-05T12:00:00.000Z',
  },
  'delivery_partner.unavailable': {},
  'delivery_partner.released': {},
  'points.awarded': { points: 20 },
  'points.revoked': {},
  'attention.raised': {
    reason: 'undo_stuck',
    subject: 'voidLabel',
    owner: 'support',
    choices: ['waive'],
  },
  'attention.resolved': { reason: 'undo_stuck', subject: 'voidLabel' },
  'return.requested': { returnId, lines: goods },
  'return.approved': { returnId, by },
  'return.refused': { returnId, by, reason: 'worn' },
  'return.label_created': { returnId, trackingNumber: 'T2' },
  'return.received': { returnId, lines: [] },
  'return.expired': { returnId },
  'return.completed': { returnId },
  'order.returned': {},
  'exchange.placed': { returnId, exchangeOrderId: orderId },
  'order.placed': {
    total: whole,
    customerId: 'cus_42',
    isMember: true,
    lines: [{ lineNumber: 1, sku: 'TEA-100', quantity: 2, sellerId: 'sel_leaf', amount: whole }],
  },
  'order.confirmed': {},
  'order.cancel_requested': { by, reason: 'changed my mind' },
  'order.cancel_refused': { by, status: 'shipped' },
  'compensation.started': { cause: 'cancelled', undos: [] },
  'undo.settled': { undo: 'voidLabel', result: 'waived' },
  'order.delivered': {},
  'order.cancelled': { by, reason: 'changed my mind' },
  'order.rejected': { reason: 'out_of_stock' },
  'order.failed': { step: 'createShipment' },
};

export const factTypes = Object.keys(samples) as readonly FactType[];

/** One fact of every type. */
export const factSamples = Object.fromEntries(
  factTypes.map((type) => [type, { type, ...samples[type] }]),
) as { readonly [Type in FactType]: FactOf<Type> };

/** The facts of these types, in their order. */
export const facts = (...types: readonly FactType[]): readonly Fact[] =>
  types.map((type) => factSamples[type]);
