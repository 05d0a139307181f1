import { z } from 'zod';
import { codeDigits } from '../../domain/one-time-code.js';
import { shortagePolicies } from '../../domain/policy.js';
import { actor, text } from './fields.js';
import { paymentMethod, shippingAddress } from './order-request.js';

/** The body of `POST /v1/orders/{id}/cancel`. It becomes part of the order's history. */
export const cancelRequest = z.strictObject({
  reason: text(200),
  requested_by: actor.default('customer'),
});

/** The body of `POST /v1/orders/{id}/approve` and `…/reject`. */
export const approvalRequest = z.strictObject({
  reason: text(200),
  by: actor.default('operator'),
});

/** The body of `POST /v1/orders/{id}/verify`. */
export const verifyRequest = z
  .strictObject({
    code: z
      .string()
      .regex(new RegExp(`^\\d{${codeDigits}}$`), `must have ${codeDigits} digits`)
      .optional(),
    resend: z.literal(true).optional(),
  })
  .refine(({ code, resend }) => (code === undefined) !== (resend === undefined), {
    path: ['code'],
    message: 'is needed, or resend in its place',
  });

/** The body of `POST /v1/orders/{id}/decide`. */
export const decisionRequest = z.strictObject({
  decision: z.enum(shortagePolicies).exclude(['ask']),
  by: actor.default('customer'),
});

/** The body of `POST /v1/orders/{id}/retry-payment`. */
export const retryPaymentRequest = z.strictObject({
  payment_method: paymentMethod,
  by: actor.default('customer'),
});

/** The body of `POST /v1/orders/{id}/change-address`. */
export const changeAddressRequest = z.strictObject({
  shipping_address: shippingAddress,
  by: actor.default('customer'),
});

/** The body of `POST /v1/attention/{id}/resolve`. */
export const resolutionRequest = z.strictObject({
  choice: text(40),
  by: actor,
  note: text(500),
});
