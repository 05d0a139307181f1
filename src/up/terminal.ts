import { styleText } from 'node:util';

/** Plain when the output is not a terminal or NO_COLOR is set. */
export const good = (text: string): string => styleText('green', text);
export const bad = (text: string): string => styleText('red', text);
export const dim = (text: string): string => styleText('dim', text);
export const strong = (text: string): string => styleText('bold', text);

/** Rows of text cells below each other, columns as wide as their widest cell. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      Array.from({ length: Math.max(widest.length, row.length) }, (_, column) =>
        Math.max(widest[column] ?? 0, row[column]?.length ?? 0),
      ),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
