/** How one kind of value stands in a cell. */
export interface Column<Value> {
  /** @throws Error that says what is wrong with the cell */
  readonly read: (cell: string) => Value;
  readonly write: (value: Value) => string;
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

/** A whole number, zero or more. */
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

/** An empty cell is what was not measured. */
export const orEmpty = <Value>({ read, write }: Column<Value>): Column<Value | undefined> => ({
  read: (cell) => (cell === '' ? undefined : read(cell)),
  write: (value) => (value === undefined ? '' : write(value)),
});

/** What an arm was put to; or why not, since such a fault does not exist there. */
export type Applicable = 'yes' | `no: ${string}`;

export const applicability: Column<Applicable> = {
  read: (cell) => {
    if (cell === 'yes') return cell;
    if (/^no: ./.test(cell)) return cell as Applicable;
    throw new Error(`neither "yes" nor "no: " and the reason: "${cell}"`);
  },
  write: (value) => value,
};
