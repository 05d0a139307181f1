import type { z } from 'zod';
import { codeDigest } from '../../db/code-digest.js';
import {
  approveOrderUpdate,
  changeAddressUpdate,
  decideShortageUpdate,
  retryPaymentUpdate,
  verifyCodeUpdate,
  type CodeAnswer,
  type CodeMessage,
  type OrderSummary,
} from '../../workflows/messages.js';
import { orderReply, withSummary } from '../order-reply.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import {
  approvalRequest,
  changeAddressRequest,
  decisionRequest,
  retryPaymentRequest,
  verifyRequest,
} from '../schemas/steering-request.js';
import { steerOrder, type Answered, type Asked } from '../steer-order.js';

/** Most messages are answered with the order's new state. */
const currentState = ({ api, order, result }: Answered<OrderSummary>): Reply =>
  orderReply(api, 200, withSummary(order, result));

/** `POST /v1/orders/{id}/approve`: lets an order that waits for a person go on. */
export const approveOrder = steerOrder({
  action: 'approve',
  schema: approvalRequest,
  update: approveOrderUpdate,
  argument: ({ body }) => ({ ...body, decision: 'approve' }),
  reply: currentState,
});

/** `POST /v1/orders/{id}/reject`: ends an order that waits for a person. */
export const rejectOrder = steerOrder({
  action: 'reject',
  schema: approvalRequest,
  update: approveOrderUpdate,
  argument: ({ body }) => ({ ...body, decision: 'reject' }),
  reply: currentState,
});

/** `POST /v1/orders/{id}/verify`: a one-time code, or the wish for another one. */
export const verifyCode = steerOrder({
  action: 'verify',
  schema: verifyRequest,
  update: verifyCodeUpdate,
  argument: (asked) => codeMessage(asked),
  reply: codeReply,
});

const codeMessage = ({ api, orderId, body }: Asked<z.infer<typeof verifyRequest>>): CodeMessage =>
  body.code === undefined
    ? { resend: true }
    : { digest: codeDigest(api.settings.codeSecret, orderId, body.code) };

/** What became of a one-time code, or of the wish for another one. */
function codeReply({ order, result }: Answered<CodeAnswer>): Reply {
  switch (result.kind) {
    case 'verified':
    case 'sent':
      return content(200, { result: result.kind }, { orderId: order.id });
    case 'wrong':
      return problem('code_wrong', { members: { tries_left: result.triesLeft } });
    case 'expired':
      return problem('code_expired', { detail: 'Ask for another one with {"resend":true}.' });
    case 'exhausted':
      return problem('code_exhausted', { detail: 'Ask for another one with {"resend":true}.' });
    case 'no_more_codes':
      return problem('no_more_codes');
  }
}

/** `POST /v1/orders/{id}/decide`: what to do with an order of which goods are missing. */
export const decideShortage = steerOrder({
  action: 'decide',
  schema: decisionRequest,
  update: decideShortageUpdate,
  argument: ({ body }) => body,
  reply: currentState,
});

/** `POST /v1/orders/{id}/retry-payment`: another payment method after a declined one. */
export const retryPayment = steerOrder({
  action: 'retry-payment',
  schema: retryPaymentRequest,
  update: retryPaymentUpdate,
  argument: ({ body: { by }, messageId: changeId }) => ({ changeId, by }),
  content: ({ payment_method: paymentMethod }) => ({ paymentMethod }),
  reply: currentState,
});

/** `POST /v1/orders/{id}/change-address`, as long as no label is bought. */
export const changeAddress = steerOrder({
  action: 'change-address',
  schema: changeAddressRequest,
  update: changeAddressUpdate,
  argument: ({ body: { by }, messageId: changeId }) => ({ changeId, by }),
  content: ({ shipping_address: { postal_code: postalCode, line2 = null, ...address } }) => ({
    ...address,
    line2,
    postalCode,
  }),
  reply: ({ api, order, result }) =>
    result.kind === 'changed' ? orderReply(api, 200, order) : problem('price_would_change'),
});
