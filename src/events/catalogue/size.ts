import { z } from 'zod';
import { count } from './members.js';

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

/** A list of an event that may be too long, as members of its schema and of its data. */
export const linesIn = <Line extends z.ZodType>(line: Line) => ({
  lines: z.array(line),
  lines_left_out: leftOut,
});

export function linesThatFit<Line>(lines: readonly Line[]) {
  const { items, leftOut: rest } = whatFits(lines);
  return { lines: items, lines_left_out: rest };
}

export const fits = (value: unknown): boolean => sizeOf(value) <= listLimitBytes;

/** In bytes, with the comma behind it. */
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value)) + 1;
