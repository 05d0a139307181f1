import type { Column } from './columns.js';
import { formatCsv, parseCsv } from './csv.js';

/** What one CSV file holds. A column is called as its member, in snake_case. */
export interface Table<Row extends object> {
  readonly file: string;
  readonly columns: { readonly [Key in keyof Row & string]: Column<Row[Key]> };
  /** Which of its members tell a row from all others. */
  readonly key: readonly (keyof Row & string)[];
  /** What is wrong with a row as a whole; nothing where all is well. */
  readonly fault: (row: Row) => string | undefined;
}

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

interface NamedColumn<Row extends object> {
  readonly member: keyof Row & string;
  /** In the file. */
  readonly name: string;
  readonly column: Column<Row[keyof Row & string]>;
}

const columnsOf = <Row extends object>({ columns }: Table<Row>): readonly NamedColumn<Row>[] =>
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
