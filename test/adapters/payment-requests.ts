import type { AuthorizationRequest, PaymentGateway } from '../../src/activities/ports.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';

export const amount = money(4_200, 'EUR');

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

export const voiding = (orderId: OrderId) => ({
  orderId,
  amount,
  authorizationKey: `${orderId}:authorizePayment`,
  idempotencyKey: `${orderId}:voidAuthorization`,
});

type CaptureRequest = Parameters<PaymentGateway['capture']>[0];
type RefundRequest = Parameters<PaymentGateway['refund']>[0];

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
