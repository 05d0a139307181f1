import pg from 'pg';
import type { Template, TableRows } from './template.js';

/** Copies of one statement: enough to be quick, few enough not to hold a transaction for long. */
const batch = 10_000;

/** So much of an id tells its copies apart. */
const digits = 7;

export interface Share {
  readonly template: Template;
  /** Of how many copies in a row, how many are of this template. */
  readonly of: number;
}

/**
 * Writes copies of orders that were really carried out, numbered from `from` to `until`: whole rows of
 * all tables, with names of their own, each a second older than the one before. Nothing else may write.
 */
export async function fill(
  databaseUrl: string,
  shares: readonly Share[],
  { from, until }: { readonly from: number; readonly until: number },
): Promise<void> {
  const deck = shares.flatMap(({ template, of }) => Array<Template>(of).fill(template));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Neither triggers nor foreign keys: the rows are complete, and are checked afterwards.
    await client.query('set session_replication_role = replica; set synchronous_commit = off');
    for (let first = from; first <= until; first += batch) {
      const last = Math.min(until, first + batch - 1);
      for (const [place, template] of deck.entries()) {
        const numbers = `generate_series(${first + place}, ${last}, ${deck.length})`;
        for (const rows of template.tables) await client.query(copyOf(template, rows, numbers));
        await client.query(moveHead);
      }
    }
    await client.query(settleStock);
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

const moveHead = `with head as (
    update events.head set position = (select coalesce(max(position), 0) from events.history)
    returning position
  ) update events.groups g set position = head.position, moved_at = clock_timestamp() from head
    where g.position = (select old.position from events.head old)`;

/** What the copies hold and have issued has to have come in. */
const settleStock = `
  update inventory.items item set held = parts.held, on_hand = on_hand - item.held + parts.held
    from (select sku, warehouse_id, sum(quantity) filter (where state = 'held') as held
      from inventory.hold_lines group by 1, 2) parts
    where (item.sku, item.warehouse_id) = (parts.sku, parts.warehouse_id) and parts.held > 0;
  insert into inventory.movements (sku, warehouse_id, kind, quantity)
    select item.sku, item.warehouse_id, 'receipt', item.on_hand - coalesce(ledger.quantity, 0)
    from inventory.items item left join (
      select sku, warehouse_id, sum(case when kind in ('receipt', 'restock') then quantity
        when kind = 'issue' then -quantity else 0 end) as quantity
      from inventory.movements group by 1, 2) ledger using (sku, warehouse_id)
    where item.on_hand > coalesce(ledger.quantity, 0)`;

function copyOf(template: Template, { table, columns, rows }: TableRows, numbers: string): string {
  const copies = rows.map((row, index) => {
    const values = row.map((text, place) => {
      const { name, type } = columns[place]!;
      if (table === 'events.log' && name === 'position') {
        return `log_end + (place - 1) * ${rows.length} + ${index + 1}`;
      }
      return `${valueOf(template, text, type)}::${type}`;
    });
    return `(${values.join(', ')})`;
  });
  return `insert into ${table} (${columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ')})
    select copy.* from (
      select n, place, lpad(n::text, ${digits}, '0') as digits,
        (select position from events.head) as log_end
      from ${numbers} with ordinality numbers (n, place)
    ) number cross join lateral (values ${copies.join(', ')}) copy`;
}

/** Times that are still to come stay: what is held is held as long as the template's. */
function valueOf({ names, takenAt }: Template, text: string | null, type: string): string {
  if (text === null) return 'null';
  if (type === 'timestamp with time zone') {
    const isToCome = Date.parse(text) > Date.parse(takenAt);
    const literal = pg.escapeLiteral(text);
    return isToCome ? literal : `(${literal}::${type} - n * interval '1 second')`;
  }
  const inParts = new RegExp(names.length === 0 ? '(?!)' : `(${names.join('|')})`);
  const parts = text.split(inParts).filter((part) => part !== '');
  if (parts.length === 0) return "''";
  return `(${parts.map((part) => (names.includes(part) ? ownName(part) : pg.escapeLiteral(part))).join(' || ')})`;
}

/** TypeIDs and UUIDs keep their length, so that they stay what they are. */
const ownName = (name: string): string =>
  /^[0-9a-z]{26}$|^[0-9a-f-]{36}$/.test(name)
    ? `${pg.escapeLiteral(name.slice(0, -digits))} || digits`
    : `${pg.escapeLiteral(`${name}-`)} || digits`;
