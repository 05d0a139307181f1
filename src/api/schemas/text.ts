import { z } from 'zod';

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
