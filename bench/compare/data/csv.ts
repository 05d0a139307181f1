type Cells = readonly string[];

const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

/**
 * The rows of a text in CSV (RFC 4180), without empty lines.
 * @throws Error when a quote is not closed, or stands in the middle of a cell
 */
export function parseCsv(text: string): readonly Cells[] {
  const rows: string[][] = [[]];
  let end = 0;
  for (const [whole, quoted, bare = '', separator] of text.matchAll(cell)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (separator !== ',') rows.push([]);
    end += whole.length;
  }
  if (end < text.length) throw new Error(`a quote is out of place: ${text.slice(end, end + 40)}`);
  return rows.filter((row) => row.join('') !== '');
}

/** The opposite of {@link parseCsv}. */
export const formatCsv = (rows: readonly Cells[]): string =>
  rows.map((row) => `${row.map(quotedWhereNeeded).join(',')}\n`).join('');

const quotedWhereNeeded = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
