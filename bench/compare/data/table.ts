export interface Column<Value> {
  readonly read: (cell: string) => Value;
  readonly write: (value: Value) => string;
}

export type RowOf<Columns extends Readonly<Record<string, Pick<Column<unknown>, 'read'>>>> = {
  readonly [Name in keyof Columns]: ReturnType<Columns[Name]['read']>;
};

/** What one CSV file holds. A column is called as its member, in snake_case. */
export interface Table<Row extends object> {
  readonly file: string;
  readonly columns: { readonly [Key in keyof Row & string]: Column<Row[Key]> };
  /** Which of its members tell a row from all others. */
  readonly key: readonly (keyof Row & string)[];
  /** What is wrong with a row as a whole; nothing where all is well. */
  readonly fault: (row: Row) => string | undefined;
}

export const words: Column<string> = { read: (cell) => cell, write: (value) => value };

export const oneOf = <Name extends string>(names: readonly Name[]): Column<Name> => ({
  read: (cell) => {
    const found = names.find((name) => name === cell);
    if (found === undefined) throw new Error(`not one of ${names.join(', ')}: "${cell}"`);
    return found;
  },
  write: (value) => value,
});

export const count: Column<number> = {
  read: (cell) => {
    if (!/^\d+$/.test(cell)) throw new Error(`not a count: "${cell}"`);
    return Number(cell);
  },
  write: String,
};

/** Zero or more; written to three digits behind the point. */
export const quantity: Column<number> = {
  read: (cell) => {
    if (!/^\d+(\.\d+)?$/.test(cell)) throw new Error(`not a number: "${cell}"`);
    return Number(cell);
  },
  write: (value) => String(Number(value.toFixed(3))),
};

/** An empty cell is what was not measured, which is not the same as zero. */
export const orEmpty = <Value>({ read, write }: Column<Value>): Column<Value | undefined> => ({
  read: (cell) => (cell === '' ? undefined : read(cell)),
  write: (value) => (value === undefined ? '' : write(value)),
});

/** @throws Error that names the file, and the column or row that is not as it must be */
export function readTable<Row extends object>(table: Table<Row>, text: string): readonly Row[] {
  const { file } = table;
  const [head = [], ...body] = within(file, () => parseCsv(text));
  refuseHead(table, head);
  const rows = body.map((cells, index) =>
    within(`${file}, row ${index + 1}`, () => rowOf(table, head, cells)),
  );
  refuseRows(table, rows);
  return rows;
}

/** @throws Error for rows that {@link readTable} would refuse */
export function writeTable<Row extends object>(table: Table<Row>, rows: readonly Row[]): string {
  refuseRows(table, rows);
  const columns = columnsOf(table);
  const cells = rows.map((row) => columns.map(({ member, column }) => column.write(row[member])));
  return formatCsv([columns.map(({ name }) => name), ...cells]);
}

function rowOf<Row extends object>(
  table: Table<Row>,
  head: readonly string[],
  cells: readonly string[],
): Row {
  if (cells.length !== head.length) {
    throw new Error(`${cells.length} cells where there are ${head.length} columns`);
  }
  const values = columnsOf(table).map(({ member, name, column }) => {
    const cell = cells[head.indexOf(name)] ?? '';
    return [member, within(name, () => column.read(cell))];
  });
  return Object.fromEntries(values) as Row;
}

function refuseHead<Row extends object>(table: Table<Row>, head: readonly string[]): void {
  const names = columnsOf(table).map(({ name }) => name);
  const missing = names.filter((name) => !head.includes(name));
  if (missing.length > 0) throw new Error(`${table.file} has no column ${missing.join(', ')}`);
  const unknown = head.filter((name, index) => !names.includes(name) || head.indexOf(name) < index);
  if (unknown.length > 0) {
    throw new Error(`${table.file} has a column too many: ${unknown.join(', ')}`);
  }
}

function refuseRows<Row extends object>(table: Table<Row>, rows: readonly Row[]): void {
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const key = table.key.map((member) => String(row[member])).join(', ');
    const fault = seen.has(key) ? `${key} is there twice` : table.fault(row);
    if (fault !== undefined) throw new Error(`${table.file}, row ${index + 1}: ${fault}`);
    seen.add(key);
  }
}

const columnsOf = <Row extends object>({ columns }: Table<Row>) =>
  Object.entries<unknown>(columns).map(([member, column]) => ({
    member: member as keyof Row & string,
    name: member.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
    column: column as Column<Row[keyof Row & string]>,
  }));

function within<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.message = `${place}: ${error.message}`;
    throw error;
  }
}

type Cells = readonly string[];

const cellPattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

/**
 * The rows of a text in CSV (RFC 4180), without empty lines.
 * @throws Error when a quote is not closed, or stands in the middle of a cell
 */
export function parseCsv(text: string): readonly Cells[] {
  const rows: string[][] = [[]];
  let end = 0;
  for (const [whole, quoted, bare = '', separator] of text.matchAll(cellPattern)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (separator !== ',') rows.push([]);
    end += whole.length;
  }
  if (end < text.length) throw new Error(`a quote is out of place: ${text.slice(end, end + 40)}`);
  return rows.filter((row) => row.join('') !== '');
}

export const formatCsv = (rows: readonly Cells[]): string =>
  rows.map((row) => `${row.map(quotedWhereNeeded).join(',')}\n`).join('');

const quotedWhereNeeded = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
