import type {
  AuthorizationRequest,
  LabelRequest,
  PaymentGateway,
  PostalAddress,
} from '../../src/activities/ports.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';

type CaptureRequest = Parameters<PaymentGateway['capture']>[0];
type RefundRequest = Parameters<PaymentGateway['refund']>[0];

export const eur = (amountMinor: number) => money(amountMinor, 'EUR');
export const amount = eur(4_200);

export const authorization = (
  orderId: OrderId,
  paymentMethod = 'pm_card_visa',
  changes: Partial<AuthorizationRequest> = {},
): AuthorizationRequest => ({
  orderId,
  amount,
  paymentMethod,
  idempotencyKey: `${orderId}:authorizePayment`,
  interactive: false,
  inParts: false,
  ...changes,
});

export const voiding = (orderId: OrderId, authorizationKey = `${orderId}:authorizePayment`) => ({
  orderId,
  amount,
  authorizationKey,
  idempotencyKey: `${orderId}:voidAuthorization`,
});

const captureKey = (orderId: OrderId, index: number) =>
  `${orderId}:capturePayment:${shipmentIdOf(orderId, index)}`;

/** @param index counts the order's shipments from 0 */
export const capturing = (
  orderId: OrderId,
  paymentId: string,
  changes: Partial<CaptureRequest> = {},
  index = 0,
): CaptureRequest => ({
  orderId,
  paymentId,
  amount,
  idempotencyKey: captureKey(orderId, index),
  isPart: false,
  ...changes,
});

/** @param index counts the order's shipments from 0 */
export const refunding = (
  orderId: OrderId,
  paymentId: string,
  changes: Partial<RefundRequest> = {},
  index = 0,
): RefundRequest => ({
  orderId,
  paymentId,
  amount,
  idempotencyKey: `${orderId}:refundPayment:${shipmentIdOf(orderId, index)}`,
  scope: 'order',
  captureKey: captureKey(orderId, index),
  ...changes,
});

export const address: PostalAddress = {
  name: 'Ada Example',
  line1: '1 Main Street',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

/** @param index counts the order's shipments from 0 */
export const labelRequest = (
  orderId: OrderId,
  to: Partial<PostalAddress> = {},
  index = 0,
): LabelRequest => ({
  orderId,
  shipmentId: shipmentIdOf(orderId, index),
  from: address,
  warehouseId: 'wh_hamburg',
  isReplacement: false,
  to: { ...address, ...to },
  weightGrams: 750,
  currency: 'EUR',
  idempotencyKey: `${orderId}:createShipment:${shipmentIdOf(orderId, index)}`,
});

export const labelVoiding = (orderId: OrderId) => ({
  orderId,
  shipmentId: shipmentIdOf(orderId),
  idempotencyKey: `${orderId}:voidLabel:${shipmentIdOf(orderId)}`,
});
