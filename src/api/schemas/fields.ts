import { z } from 'zod';
import { isOrderId, type OrderId } from '../../domain/ids.js';

/** Control characters and halves of surrogate pairs: Postgres and mail headers cannot hold them. */
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** A line of text. @param max the most characters it may have */
export const text = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !unprintable.test(value), 'must not hold control characters')
    .refine((value) => min === 0 || value.trim() !== '', 'must not be blank');

/** An opaque name of a person or system; it becomes part of the order's history. */
export const actor = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be an opaque name of 1 to 64 characters');

export const id = <Id extends string = string>(
  isId: ((text: string) => text is Id) | ((text: string) => boolean),
  what: string,
) => z.custom<Id>((value) => typeof value === 'string' && isId(value), `must be the id of ${what}`);

export const orderId = id<OrderId>(isOrderId, 'an order');

/** A parameter that is a number of at most so many digits. */
export const digits = (most: number, complaint: string) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${most}}$`), complaint)
    .transform(Number);

/** How many items a page may hold. */
export const limitUpTo = (max: number) =>
  digits(String(max).length, 'must be a whole number').pipe(z.number().min(1).max(max));

export const limit = limitUpTo(100).default(25);

export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] });
