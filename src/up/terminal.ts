/** How lines are coloured; plain when the output is not a terminal or NO_COLOR is set. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

export function createPaint(coloured: boolean): Paint {
  const paint = (code: number) => (text: string) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { good: paint(32), bad: paint(31), dim: paint(2), strong: paint(1) };
}

const nameWidth = 10;

/** A stage that went well, with what came of it and how long it took. */
export function stageLine(paint: Paint, name: string, detail: string, elapsedMs: number): string {
  const time = paint.dim(`${(elapsedMs / 1000).toFixed(1)} s`);
  return `${paint.good('✓')} ${name.padEnd(nameWidth)} ${detail}  ${time}`;
}

/** Rows of text cells below each other, columns as wide as their widest cell. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_unused, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
}
