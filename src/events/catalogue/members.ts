import { z } from 'zod';
import type { SkuQuantity } from '../../domain/facts.js';
import { currencies, type Money } from '../../domain/money.js';

/** Made by a program: an id of ours, a provider's, or the name of a thing. */
export const identifier = z.string();

export const time = z.iso.datetime();

export const count = z.int().min(0);

export const amount = z
  .object({ amount_minor: z.int().min(0), currency: z.enum(currencies) })
  .describe("in the currency's smallest unit");

export const amountOf = ({ amountMinor, currency }: Money): z.input<typeof amount> => ({
  amount_minor: amountMinor,
  currency,
});

export const goods = z.object({ sku: z.string(), quantity: count });

export const goodsOf = ({ sku, quantity }: SkuQuantity): z.input<typeof goods> => ({
  sku,
  quantity,
});

/** A word of a program that is not ours, such as a provider's reason. */
export const code = z.string().describe('a word of a program, or `other`');

const codePattern = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** Text that is not one word of a program may have been written by a person, about a person. */
export const codeOf = (text: string): string => codeOrNone(text) ?? 'other';

export const codeOrNone = (text: string | undefined): string | undefined =>
  text !== undefined && codePattern.test(text) ? text : undefined;
