export type Row = readonly string[];

/** Padded, so that it reads as well in a terminal. The first row is the head. */
export function markdownTable(rows: readonly Row[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_cell, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: Row) =>
    `| ${cells.map((cell, column) => padded(cell, column, widths)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

const padded = (cell: string, column: number, widths: readonly number[]): string =>
  column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);

/** With one digit behind the point; a dash for what was not measured. */
export const decimal = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(1);

/** A dash for nothing, and for what was not measured. */
export const whole = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) || value === 0 ? '–' : value.toFixed(0);
