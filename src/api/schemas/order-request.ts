import { z } from 'zod';
import { currencies } from '../../domain/money.js';
import {
  defaultPolicy,
  lostParcelPolicies,
  shipmentFailurePolicies,
  shortagePolicies,
} from '../../domain/policy.js';
import { serviceLevelNames } from '../../domain/service-level.js';
import { text } from './fields.js';

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

const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters');

export const shippingAddress = z.strictObject({
  name: text(200),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  postal_code: text(20),
  country,
});

export const paymentMethod = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,255}$/, 'must be an id of a payment method');

const line = z.strictObject({
  sku: text(64),
  quantity: z.int().min(1).max(10_000),
});

const metadata = z
  .record(text(40), text(500, 0))
  .refine((map) => Object.keys(map).length <= 20, 'must have at most 20 keys');

/** The body of `POST /v1/orders`. Prices come from our catalogue, never from the caller. */
export const orderRequest = z
  .strictObject({
    customer,
    shipping_address: shippingAddress,
    billing_country: country.optional(),
    lines: z.array(line).min(1).max(200),
    currency: z.enum(currencies),
    discount_code: text(40).optional(),
    payment_method: paymentMethod,
    confirm_by: z.enum(['email', 'sms']).default('email'),
    service_level: z.enum(serviceLevelNames).default('standard'),
    shortage_policy: z.enum(shortagePolicies).default(defaultPolicy.shortage),
    shipment_failure_policy: z.enum(shipmentFailurePolicies).optional(),
    lost_parcel_policy: z.enum(lostParcelPolicies).default(defaultPolicy.lostParcel),
    coordination: z.enum(['orchestrated', 'choreographed']).default('orchestrated'),
    metadata: metadata.default({}),
  })
  .refine(({ confirm_by, customer: { phone } }) => confirm_by === 'email' || phone !== undefined, {
    path: ['customer', 'phone'],
    message: 'is needed to confirm by sms',
  });

export type OrderRequest = z.infer<typeof orderRequest>;
