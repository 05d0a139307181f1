import Papa from 'papaparse';
import { z } from 'zod';

export const count = z.codec(z.string().regex(/^\d+$/, 'not a count'), z.number(), {
  decode: Number,
  encode: String,
});

const toThreeDigits = (value: number): string => String(Number(value.toFixed(3)));

export const quantity = z.codec(z.string().regex(/^\d+(\.\d+)?$/, 'not a number'), z.number(), {
  decode: Number,
  encode: toThreeDigits,
});

/** An empty cell is what was not measured, which is not the same as zero. */
const orEmpty = (pattern: RegExp, problem: string) =>
  z.codec(z.string().regex(pattern, problem), z.number().optional(), {
    decode: (cell) => (cell === '' ? undefined : Number(cell)),
    encode: (value) => (value === undefined ? '' : toThreeDigits(value)),
  });
export const tally = orEmpty(/^\d*$/, 'not a count');
export const time = orEmpty(/^(\d+(\.\d+)?)?$/, 'not a number');

type Cells = Readonly<Record<string, string>>;

/** One CSV file. A column is called as its member, in snake_case. */
export interface Table<Row> {
  readonly file: string;
  readonly row: z.ZodType<Row, Cells>;
  readonly key: (row: Row) => readonly unknown[];
}

/** @throws Error that names the file, and the column or row that is not as it must be */
export function readTable<Row>({ file, row, key }: Table<Row>, text: string): readonly Row[] {
  const { data, errors } = Papa.parse<Cells>(text, {
    header: true,
    delimiter: ',',
    skipEmptyLines: true,
    transformHeader: (name) =>
      name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
  });
  const [error] = errors;
  if (error) throw new Error(`${file}, row ${(error.row ?? 0) + 1}: ${error.message}`);
  const rows = data.map((cells, index) => {
    const read = z.safeDecode(row, cells);
    if (read.success) return read.data;
    throw new Error(`${file}, row ${index + 1}: ${z.prettifyError(read.error)}`);
  });
  const keys = rows.map((one) => key(one).join(', '));
  const twice = keys.find((one, index) => keys.indexOf(one) < index);
  if (twice !== undefined) throw new Error(`${file}: ${twice} is there twice`);
  return rows;
}

/** @throws Error for rows that {@link readTable} would refuse */
export const writeTable = <Row>({ row }: Table<Row>, rows: readonly Row[]): string => {
  const cells = rows.map((one) => Object.entries(z.encode(row, one)));
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const named = cells.map((own) =>
    Object.fromEntries(own.map(([name, cell]) => [snake(name), cell])),
  );
  return `${Papa.unparse(named, { newline: '\n' })}\n`;
};
