import { z } from 'zod';
import { isOrderId, type OrderId } from '../../domain/ids.js';
import { parseJson } from './parse-json.js';

export interface PaymentEvent {
  readonly eventId: string;
  /** The order that the payment names; it may be one that we do not have. */
  readonly orderId: OrderId | null;
}

const schema = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
  type: z.string(),
  data: z.object({
    object: z.object({ metadata: z.object({ order_id: z.string().optional() }).nullish() }),
  }),
});

/** The event in a body whose signature was checked, or undefined when it has not Stripe's form. */
export function parsePaymentEvent(body: Buffer): PaymentEvent | undefined {
  const result = schema.safeParse(parseJson(body));
  if (!result.success) return undefined;
  const orderId = result.data.data.object.metadata?.order_id ?? '';
  return { eventId: result.data.id, orderId: isOrderId(orderId) ? orderId : null };
}
