import { z } from 'zod';

/** An opaque name of a person or system; it becomes part of the order's history. */
export const actor = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be an opaque name of 1 to 64 characters');
