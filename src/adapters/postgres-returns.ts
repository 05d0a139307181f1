import { sql } from 'kysely';
import type { ReturnBook, ReturnEntry, Written } from '../activities/ports.js';
import { firstRow, firstValue, type Database } from '../db/database.js';
import { lockReturnBasis, type ReturnBasis } from '../db/return-acceptance.js';
import { changesState, evolveAll } from '../domain/evolve.js';
import type { RecordedFact } from '../domain/facts.js';
import { ProviderRefused } from '../domain/failures.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import { placed, type OrderState } from '../domain/order-state.js';
import { settle, type ReturnLine, type Settlement } from '../domain/returnable.js';
import { statusGivenBy, type Verdict } from '../domain/returns.js';
import { overPostgres } from './postgres-errors.js';
import { append } from './postgres-journal.js';

type Inspection = Parameters<ReturnBook['settle']>[0];

/** The returns, written together with the timeline and the row of their order. */
export function postgresReturns(database: Database): ReturnBook {
  return overPostgres({
    warehouseOf: (returnId) => warehouseOf(database, returnId),

    record: (entry) =>
      database
        .transaction()
        .execute(async (transaction) =>
          record(transaction, await requireBasis(transaction, entry.orderId), entry),
        ),

    settle: (inspection) =>
      database.transaction().execute(async (transaction) => {
        const { orderId, returnId, key, by, lines } = inspection;
        const basis = await requireBasis(transaction, orderId);
        const settlement =
          (await settlementOf(transaction, returnId)) ??
          (await decide(transaction, basis, inspection));
        const facts = [{ type: 'return.received', returnId, by, lines }] as const;
        const written = await record(transaction, basis, { orderId, returnId, key, facts });
        return { settlement, ...written };
      }),
  });
}

async function requireBasis(transaction: Database, orderId: OrderId): Promise<ReturnBasis> {
  const basis = await lockReturnBasis(transaction, orderId);
  if (basis === undefined) throw new ProviderRefused(`There is no order ${orderId}`);
  return basis;
}

async function record(
  transaction: Database,
  basis: ReturnBasis,
  { orderId, returnId, key, facts }: ReturnEntry,
): Promise<Written> {
  const known = await firstRow(transaction)`
    select from orders.history where order_id = ${orderId} and entry_key = ${key} limit 1`;
  const changes = facts.some(({ type }) => changesState(type));
  const state = changes ? rowAfter(basis, facts) : undefined;
  const written = await append(transaction, { orderId, key, facts }, state);
  if (known === undefined) await followFacts(transaction, returnId, written.facts);
  return written;
}

/** The order's workflow has ended with its tally, so the sums come from the timeline. */
function rowAfter({ order, facts }: ReturnBasis, added: ReturnEntry['facts']): Partial<OrderState> {
  const sumOf = (type: 'payment.captured' | 'payment.refunded') =>
    facts.reduce(
      (minor, fact) => (fact.type === type ? minor + fact.amount.amountMinor : minor),
      0,
    );
  const tally = {
    ...placed.tally,
    capturedMinor: sumOf('payment.captured'),
    refundedMinor: sumOf('payment.refunded'),
  };
  const { status, stage, paymentStatus, fulfillmentStatus } = order;
  const after = evolveAll({ status, stage, paymentStatus, fulfillmentStatus, tally }, added);
  return { paymentStatus: after.paymentStatus, fulfillmentStatus: after.fulfillmentStatus };
}

async function decide(
  transaction: Database,
  { goods, facts, returns }: ReturnBasis,
  { returnId, lines: found }: Inspection,
): Promise<Settlement> {
  const asked = returns.find(({ id }) => id === returnId);
  if (asked === undefined) throw new ProviderRefused(`There is no return ${returnId}`);
  const others = returns.filter(({ id }) => id !== returnId);
  const lines = asked.lines.map((line) => inspected(line, found));
  const settlement = settle(lines, { goods, others, facts });
  await keepSettlement(transaction, returnId, lines, settlement);
  return settlement;
}

function inspected(line: ReturnLine, found: Inspection['lines']): ReturnLine {
  const units = (verdict: Verdict) =>
    found
      .filter((entry) => entry.sku === line.sku && entry.verdict === verdict)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    ...line,
    restocked: units('restock'),
    scrapped: units('scrap'),
    refused: units('refuse'),
  };
}

async function warehouseOf(database: Database, returnId: ReturnId): Promise<string> {
  const id = await firstValue<string>(database)`
    select warehouse.id from inventory.warehouses warehouse
    order by exists (
      select from orders.returns r
        join orders.return_lines line on line.return_id = r.id
        join inventory.hold_lines sent on sent.hold_id = r.order_id and sent.sku = line.sku
      where r.id = ${returnId} and sent.warehouse_id = warehouse.id and sent.state = 'issued'
    ) desc, warehouse.priority limit 1`;
  if (id === undefined) throw new ProviderRefused('There is no warehouse');
  return id;
}

/** What was decided about a return before; undefined while nothing was. */
const settlementOf = (transaction: Database, returnId: ReturnId) =>
  firstRow<Settlement>(transaction)`
    select refunds, points, everything_back as "isEverythingBack"
    from orders.returns where id = ${returnId} and refunds is not null`;

async function keepSettlement(
  transaction: Database,
  returnId: ReturnId,
  lines: readonly ReturnLine[],
  { refunds, points, isEverythingBack }: Settlement,
): Promise<void> {
  const refundMinor = refunds.reduce((minor, { amount }) => minor + amount.amountMinor, 0);
  await sql`
    with counted as (
      update orders.return_lines line set restocked = found.restocked, scrapped = found.scrapped,
        refused = found.refused
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        as found (sku text, restocked integer, scrapped integer, refused integer)
      where line.return_id = ${returnId} and line.sku = found.sku
    )
    update orders.returns set refunds = ${JSON.stringify(refunds)}::jsonb,
      refund_minor = ${refundMinor}, points = ${points}, everything_back = ${isEverythingBack}
    where id = ${returnId}`.execute(transaction);
}

/** Updates the return's row by the facts. */
async function followFacts(
  transaction: Database,
  returnId: ReturnId,
  facts: readonly RecordedFact[],
): Promise<void> {
  const columns = facts.reduce((all, fact) => ({ ...all, ...columnsGivenBy(fact) }), {});
  if (Object.keys(columns).length === 0) return;
  await sql`
    update orders.returns r set (status, status_since, reason, carrier, tracking_number,
      exchange_order_id) = (select given.status, given.status_since, given.reason, given.carrier,
        given.tracking_number, given.exchange_order_id
        from jsonb_populate_record(r, ${JSON.stringify(columns)}::jsonb) given)
    where id = ${returnId}`.execute(transaction);
}

function columnsGivenBy(fact: RecordedFact): object {
  const status = statusGivenBy(fact);
  return {
    ...(status && { status, status_since: fact.at }),
    ...(fact.type === 'return.refused' && { reason: fact.reason }),
    ...(fact.type === 'return.label_created' && {
      carrier: fact.carrier,
      tracking_number: fact.trackingNumber,
    }),
    ...(fact.type === 'exchange.placed' && { exchange_order_id: fact.exchangeOrderId }),
  };
}
