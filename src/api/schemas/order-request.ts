import { z } from 'zod';
import { currencies } from '../../domain/money.js';
import { text } from './text.js';

const customer = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an opaque id of 1 to 64 characters'),
  name: text(200),
  email: z.email().max(254),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number')
    .optional(),
  member: z.boolean().default(false),
});

const shippingAddress = z.strictObject({
  name: text(200),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  postal_code: text(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters'),
});

const line = z.strictObject({
  sku: text(64),
  quantity: z.int().min(1).max(10_000),
});

const metadata = z
  .record(text(40), text(500, 0))
  .refine((map) => Object.keys(map).length <= 20, 'must have at most 20 keys');

/** The body of `POST /v1/orders`. Prices come from our catalogue, never from the caller. */
export const orderRequest = z.strictObject({
  customer,
  shipping_address: shippingAddress,
  lines: z.array(line).min(1).max(200),
  currency: z.enum(currencies),
  payment_method: z.string().regex(/^[A-Za-z0-9_]{1,255}$/, 'must be an id of a payment method'),
  shortage_policy: z.literal('cancel').default('cancel'),
  coordination: z.literal('orchestrated').default('orchestrated'),
  metadata: metadata.default({}),
});

export type OrderRequest = z.infer<typeof orderRequest>;
