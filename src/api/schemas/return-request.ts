import { z } from 'zod';
import { returnKinds, returnReasons, verdicts } from '../../domain/returns.js';
import { actor, orderId, text } from './fields.js';

const quantity = z.int().min(1).max(10_000);

/** A SKU stands in one line: its units share their price and their stock. */
const oncePerSku = (lines: readonly { readonly sku: string }[]): boolean =>
  new Set(lines.map(({ sku }) => sku)).size === lines.length;

/** The body of `POST /v1/returns`. */
export const returnRequest = z.strictObject({
  order_id: orderId,
  lines: z
    .array(z.strictObject({ sku: text(64), quantity, reason: z.enum(returnReasons) }))
    .min(1)
    .max(200)
    .refine(oncePerSku, 'must name each SKU once'),
  kind: z.enum(returnKinds).default('refund'),
  requested_by: actor.default('customer'),
});

export type ReturnRequest = z.infer<typeof returnRequest>;

/** The body of `POST /v1/returns/{id}/inspection`: one SKU may have units of several verdicts. */
export const returnInspection = z.strictObject({
  by: actor.default('warehouse'),
  lines: z
    .array(z.strictObject({ sku: text(64), quantity, verdict: z.enum(verdicts) }))
    .min(1)
    .max(600),
});

export type ReturnInspection = z.infer<typeof returnInspection>;
