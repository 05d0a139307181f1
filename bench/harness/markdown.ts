import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

export type Row = readonly string[];

/** Padded, so that it reads as well in a terminal. The first row is the head. */
export function markdownTable(rows: readonly Row[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_cell, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const padded = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: Row) => `| ${cells.map(padded).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

export const countsTable = (counts: readonly (readonly [string, number])[]): string =>
  markdownTable([['', 'count'], ...counts.map(([what, count]) => [what, String(count)])]);

/** With one digit behind the point; a dash for what was not measured. */
export const decimal = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(1);

/** A dash for nothing, and for what was not measured. */
export const whole = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) || value === 0 ? '–' : value.toFixed(0);

/** Replaces what stands behind each `<!-- prefix:marker -->`. @throws Error when there is none */
export const withBlocks = (
  text: string,
  { name, prefix }: { readonly name: string; readonly prefix: string },
  blocks: Readonly<Record<string, string>>,
): string =>
  Object.entries(blocks).reduce((filled, [marker, block]) => {
    const between = `(?:(?!<!-- ${prefix}:)[^])*`;
    const place = new RegExp(`(<!-- ${prefix}:${marker} -->)${between}(<!-- ${prefix}:end -->)`);
    if (!place.test(filled)) throw new Error(`${name} has no marker ${prefix}:${marker}`);
    return filled.replace(place, (_all, start: string, end: string) =>
      [start, block, end].join('\n\n'),
    );
  }, text);

/** As `npm run format` would write the file. */
export const formatted = async (file: string, text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(file)), filepath: file });

export async function fillPage(
  file: string,
  page: Parameters<typeof withBlocks>[1],
  blocks: Readonly<Record<string, string>>,
): Promise<void> {
  const filled = withBlocks(await readFile(file, 'utf8'), page, blocks);
  await writeFile(file, await formatted(file, filled));
}
