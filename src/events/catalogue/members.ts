import { z } from 'zod';
import { currencies } from '../../domain/money.js';

/** Made by a program: an id of ours, a provider's, or the name of a thing. */
export const identifier = z.string();

export const time = z.iso.datetime();

export const count = z.int().min(0);

export const amount = z
  .object({ amount_minor: z.int().min(0), currency: z.enum(currencies) })
  .describe("in the currency's smallest unit");

export const goods = z.object({ sku: z.string(), quantity: count });

const codePattern = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** Text that is not one word of a program may have been written by a person, about a person. */
export const isCode = (text: string): boolean => codePattern.test(text);

/** A word of a program that is not ours, such as a provider's reason. */
export const code = z
  .string()
  .transform((text) => (isCode(text) ? text : 'other'))
  .describe('a word of a program, or `other`');

/** Left out when it is not one word of a program. */
export const optionalCode = z
  .string()
  .transform((text) => (isCode(text) ? text : undefined))
  .optional();

/** So many bytes of an event may be one list: with all else it stays below 20 kB. */
const listLimitBytes = 16_000;

/** How many items of a list an event has left out, absent when there are none. */
export const leftOut = count
  .optional()
  .describe('how many more there are, which would have made the event too large');

/** As many of the items as an event can hold, and how many it leaves out. */
export function whatFits<Item>(items: readonly Item[]): {
  readonly items: Item[];
  readonly leftOut: number | undefined;
} {
  const sizes = items.map(sizeOf);
  let end = 0;
  for (let bytes = sizes[0] ?? 0; end < items.length && bytes <= listLimitBytes; end += 1) {
    bytes += sizes[end + 1] ?? 0;
  }
  const rest = items.length - end;
  return { items: items.slice(0, end), leftOut: rest === 0 ? undefined : rest };
}

/** The members of an event with a list that may be too long, to be used with {@link fitLines}. */
export const linesOf = <Line extends z.ZodType>(line: Line) => ({
  lines: z.array(line),
  lines_left_out: leftOut,
});

export function fitLines<Line, Data extends { readonly lines: readonly Line[] }>(data: Data) {
  const { items, leftOut: rest } = whatFits(data.lines);
  return { ...data, lines: items, lines_left_out: rest };
}

export const fits = (value: unknown): boolean => sizeOf(value) <= listLimitBytes;

/** In bytes, with the comma behind it. */
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value)) + 1;
