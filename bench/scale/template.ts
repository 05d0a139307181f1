import pg from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
}

/** The rows of one table that belong to an order, each column as Postgres writes it. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** All that the tables have of one order, at one moment. */
export interface Template {
  readonly tables: readonly TableRows[];
  /** What names this order and what belongs to it alone; each copy has its own instead. */
  readonly names: readonly string[];
  readonly takenAt: string;
}

/** The bench's own; what is on its way to the log is waited for instead. */
const leftOut = ['orders.outbox', 'bench.moves'];

/** Columns that Postgres fills by itself are left out. */
const tablesQuery = `
  select format('%I.%I', n.nspname, c.relname) as "table",
    json_agg(json_build_object('name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'public')
    and a.attgenerated = '' and a.attidentity = ''
  group by 1 order by 1`;

/**
 * Reads an order out of all tables, whatever tables there are by now. It has to rest: nothing of it may
 * be on its way to the log or to a consumer.
 * @param ids of the order and its customer
 */
export async function templateOf(client: pg.ClientBase, ids: readonly string[]): Promise<Template> {
  await client.query('begin isolation level repeatable read read only');
  try {
    const { rows: tables } = await client.query<Omit<TableRows, 'rows'>>(tablesQuery);
    const read: TableRows[] = [];
    for (const one of tables) {
      if (!leftOut.includes(one.table)) read.push(await rowsOf(client, one, ids));
    }
    const { rows: now } = await client.query<{ at: string }>('select now()::text as at');
    const found = read.filter(({ rows }) => rows.length > 0);
    return { tables: found, names: namesIn(found), takenAt: now[0]?.at ?? '' };
  } finally {
    await client.query('rollback');
  }
}

async function rowsOf(
  client: pg.ClientBase,
  { table, columns }: Omit<TableRows, 'rows'>,
  ids: readonly string[],
): Promise<TableRows> {
  const texts = columns.map(({ name }) => `${pg.escapeIdentifier(name)}::text`).join(', ');
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${texts} from ${table} t where to_jsonb(t)::text like any ($1)
      order by ${table === 'events.log' ? 'position' : 'ctid'}`,
    values: [ids.map((id) => `%${id}%`)],
    rowMode: 'array',
  });
  return { table, columns, rows };
}

/** Cards have names that all share; a card that all orders had would look stolen. */
const sharedCard = /^pm_card_\w+$/;

/** The longest first, so that no name is replaced within another. */
function namesIn(tables: readonly TableRows[]): readonly string[] {
  const texts = tables.flatMap(({ columns, rows }) =>
    rows.flatMap((row) => row.filter((_text, index) => mayName(columns[index]?.type ?? ''))),
  );
  const words = texts.flatMap((text) => text?.match(/[\w-]{12,}/g) ?? []);
  return [...new Set(words.filter(isName).map(ownPart))].sort(
    (one, other) => other.length - one.length,
  );
}

/** Ids that are made of the order's share all but their prefixes with it. */
const ownPart = (word: string): string =>
  /^[a-z]+_([0-9a-z]{26})(?:_\d+)?$/.exec(word)?.[1] ?? word;

const mayName = (type: string): boolean => /^(?:text|jsonb|json|text\[\])$/.test(type);

/** With letters and digits, and neither a time nor a digest: those need not differ. */
const isName = (word: string): boolean =>
  sharedCard.test(word) ||
  (/[A-Za-z]/.test(word) &&
    /\d/.test(word) &&
    !/^\d{4}-\d\d-\d\dT/.test(word) &&
    !/^(?:00-)?[0-9a-f]{16,}(?:-[0-9a-f]{16}-\d\d)?$/.test(word));
