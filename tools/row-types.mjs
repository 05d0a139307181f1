/** The text of src/db/tables.ts: what a migrated database has, with the domain's names for its types. */
import { format, resolveConfig } from 'prettier';

const schemas = ['orders', 'inventory', 'loyalty', 'events'];

/** Columns of this name have the same type in every table. */
const byName = { order_id: 'OrderId', currency: 'Currency' };

/** Columns whose type the schema cannot say. */
const byColumn = {
  'orders.orders.id': 'OrderId',
  'orders.orders.status': 'OrderStatus',
  'orders.orders.stage': 'Stage',
  'orders.orders.payment_status': 'PaymentStatus',
  'orders.orders.fulfillment_status': 'FulfillmentStatus',
  'orders.orders.metadata': 'Record<string, string>',
  'orders.orders.policy': 'OrderPolicy',
  'orders.orders.service_level': 'ServiceLevelName',
  'orders.orders.verification': 'Verification',
  'orders.timeline.type': 'FactType',
  'orders.outbox.type': 'FactType',
  'orders.attention.id': 'AttentionId',
  'orders.attention.owner': 'AttentionOwner',
  'orders.attention.choices': 'readonly AttentionChoice[]',
  'orders.attention.choice': 'AttentionChoice',
  'orders.compensations.undo': 'UndoName',
  'orders.reconciliations.differing': 'readonly Difference[]',
  'orders.shipments.id': 'ShipmentId',
  'orders.shipments.return_id': 'ReturnId',
  'orders.returns.id': 'ReturnId',
  'orders.returns.status': 'ReturnStatus',
  'orders.returns.exchange_order_id': 'OrderId',
  'orders.return_lines.return_id': 'ReturnId',
  'inventory.holds.hold_id': 'OrderId | ShipmentId',
  'inventory.hold_lines.hold_id': 'OrderId | ShipmentId',
  'inventory.movements.hold_id': 'OrderId | ShipmentId',
};

/** Columns whose values, as the schema checks them, are exported under a name. */
const named = {
  'orders.orders.coordination': 'Coordination',
  'orders.orders.code_channel': 'CodeChannel',
  'orders.shipments.kind': 'ShipmentKind',
  'orders.delivery_offers.state': 'OfferState',
  'events.quarantined.state': 'QuarantineState',
  'events.webhook_endpoints.state': 'WebhookEndpointState',
  'events.webhook_deliveries.state': 'WebhookDeliveryState',
};

const imports = {
  attention: ['AttentionChoice', 'AttentionOwner'],
  ledgers: ['Difference'],
  facts: ['FactType'],
  ids: ['AttentionId', 'OrderId', 'ReturnId', 'ShipmentId'],
  money: ['Currency'],
  'order-state': ['FulfillmentStatus', 'OrderStatus', 'PaymentStatus', 'Stage'],
  policy: ['OrderPolicy'],
  returns: ['ReturnStatus'],
  risk: ['Verification'],
  saga: ['UndoName'],
  'service-level': ['ServiceLevelName'],
};

const scalars = {
  bigint: 'number',
  boolean: 'boolean',
  integer: 'number',
  jsonb: 'object',
  text: 'string',
  'text[]': 'string[]',
  'timestamp with time zone': 'Date',
  xid8: 'string',
};

const columnsQuery = `
  select n.nspname || '.' || c.relname as table, a.attname as column,
    format_type(a.atttypid, null) as type, not a.attnotnull as nullable, a.atthasdef as defaulted,
    a.attidentity <> '' or a.attgenerated <> '' as generated, (
      select array_agg(value[1]) from pg_constraint con,
        regexp_matches(pg_get_constraintdef(con.oid), '''(\\w+)''::text', 'g') as value
      where con.conrelid = c.oid and con.contype = 'c' and con.conkey = array[a.attnum]
        and pg_get_constraintdef(con.oid) like '%= ANY (ARRAY[%'
    ) as values
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  order by array_position($1, n.nspname::text), c.relname, a.attnum`;

/** @param client a connection of `pg` to a migrated database */
export async function rowTypes(client) {
  const { rows } = await client.query(columnsQuery, [schemas]);
  const text = `/* eslint-disable max-lines */
    // Generated from src/db/migrations by \`npm run db:types\`. Do not edit.
    import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
    ${Object.entries(imports).map(importLine).join('\n')}

    type Time = ColumnType<Date, Date | string>;
    type DefaultTime = ColumnType<Date, Date | string | undefined, Date | string>;

    ${rows
      .filter((row) => nameOf(row) in named)
      .map(exportedUnion)
      .join('\n')}

    export interface Tables {
      ${[...byTable(rows)].map(tableType).join('\n')}
    }`;
  const options = await resolveConfig(new URL('../src/db/tables.ts', import.meta.url));
  return format(text, { ...options, parser: 'typescript' });
}

const nameOf = ({ table, column }) => `${table}.${column}`;
const importLine = ([file, names]) =>
  `import type { ${names.join(', ')} } from '../domain/${file}.js';`;
const union = (values) => values.map((value) => `'${value}'`).join(' | ');
const exportedUnion = (row) => `export type ${named[nameOf(row)]} = ${union(row.values)};`;
const tableType = ([table, rows]) => `'${table}': {\n${rows.map(columnType).join('\n')}\n};`;

function columnType(row) {
  const type = inserted(row, selected(row));
  return `${row.column}: ${type}${row.nullable ? ' | null' : ''};`;
}

function selected(row) {
  const given = named[nameOf(row)] ?? byColumn[nameOf(row)] ?? byName[row.column];
  return given ?? (row.values === null ? scalars[row.type] : union(row.values));
}

function inserted({ type, defaulted, generated }, selectedType) {
  if (generated) return `GeneratedAlways<${selectedType}>`;
  if (type === 'jsonb')
    return `JSONColumnType<${selectedType}${defaulted ? ', string | undefined' : ''}>`;
  if (selectedType === 'Date') return defaulted ? 'DefaultTime' : 'Time';
  return defaulted ? `Generated<${selectedType}>` : selectedType;
}

function byTable(rows) {
  const tables = new Map();
  for (const row of rows) tables.set(row.table, [...(tables.get(row.table) ?? []), row]);
  return tables;
}
