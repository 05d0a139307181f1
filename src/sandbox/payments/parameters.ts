import { z } from 'zod';

import { rejected } from './errors.js';
import type { Outcome } from '../provider-call.js';

const amount = z.string().regex(/^\d+$/, 'Invalid integer').transform(Number);
const positiveAmount = amount.refine((value) => value > 0, 'Invalid positive integer');
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const metadata = z.record(z.string(), z.string());

export const createParameters = z.object({
  amount: positiveAmount,
  currency: z.string().regex(/^[A-Za-z]{3}$/, 'Invalid currency'),
  confirm: flag.default(false),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic'),
  payment_method: z.string().optional(),
  /** The name that older API versions use. */
  payment_method_types: z.array(z.string()).optional(),
  allowed_payment_method_types: z.array(z.string()).optional(),
  payment_method_options: z
    .object({ card: z.object({ request_multicapture: z.string().optional() }).optional() })
    .optional(),
  error_on_requires_action: flag.default(false),
  off_session: z.string().optional(),
  description: z.string().optional(),
  metadata: metadata.default({}),
});
export type CreateParameters = z.infer<typeof createParameters>;

export const confirmParameters = z.object({
  payment_method: z.string().optional(),
  error_on_requires_action: flag.default(false),
  off_session: z.string().optional(),
});

export const captureParameters = z.object({
  amount_to_capture: amount.optional(),
  final_capture: flag.default(true),
  metadata: metadata.default({}),
});

export const updateParameters = z.object({ metadata: metadata.default({}) });

export const cancelParameters = z.object({ cancellation_reason: z.string().optional() });

export const refundParameters = z.object({
  payment_intent: z.string().optional(),
  charge: z.string().optional(),
  amount: positiveAmount.optional(),
  reason: z.string().optional(),
  metadata: metadata.default({}),
});

/** `off_session` is a boolean, or the word for the kind of payment. */
export const isUnattended = (parameters: {
  readonly error_on_requires_action: boolean;
  readonly off_session?: string | undefined;
}): boolean =>
  parameters.error_on_requires_action ||
  (parameters.off_session !== undefined && parameters.off_session !== 'false');

/** The first bad parameter in Stripe's words. */
export function badParameter(error: z.ZodError): Outcome {
  const issue = error.issues[0];
  const param = issue?.path.join('.') ?? '';
  return rejected({
    code: issue?.code === 'invalid_type' ? 'parameter_missing' : 'parameter_invalid_integer',
    message: `${issue?.message ?? 'Invalid parameter'}: ${param}`,
    param,
  });
}
