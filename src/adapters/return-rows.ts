import { sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { RecordedFact } from '../domain/facts.js';
import type { ReturnId } from '../domain/ids.js';
import type { ReturnLine, Settlement } from '../domain/returnable.js';
import { statusGivenBy } from '../domain/returns.js';

interface SettledRow {
  readonly refunds: Settlement['refunds'];
  readonly points: number;
  readonly isEverythingBack: boolean;
}

/** What was decided about a return before; undefined while nothing was. */
export async function settlementOf(
  transaction: Database,
  returnId: ReturnId,
): Promise<Settlement | undefined> {
  const { rows } = await sql<SettledRow>`
    select refunds, points, everything_back as "isEverythingBack"
    from orders.returns where id = ${returnId} and refunds is not null`.execute(transaction);
  return rows[0];
}

export async function keepSettlement(
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

/** Brings the return's row to where the facts say that it is. */
export async function followFacts(
  transaction: Database,
  returnId: ReturnId,
  facts: readonly RecordedFact[],
): Promise<void> {
  for (const fact of facts) {
    const status = statusGivenBy(fact);
    if (status !== undefined) {
      await sql`update orders.returns set status = ${status}, status_since = ${fact.at}
        where id = ${returnId}`.execute(transaction);
    }
    await note(transaction, returnId, fact);
  }
}

async function note(transaction: Database, returnId: ReturnId, fact: RecordedFact): Promise<void> {
  if (fact.type === 'return.refused') {
    await sql`update orders.returns set reason = ${fact.reason}
      where id = ${returnId}`.execute(transaction);
  }
  if (fact.type === 'return.label_created') {
    await sql`update orders.returns set carrier = ${fact.carrier ?? null},
      tracking_number = ${fact.trackingNumber} where id = ${returnId}`.execute(transaction);
  }
  if (fact.type === 'exchange.placed') {
    await sql`update orders.returns set exchange_order_id = ${fact.exchangeOrderId}
      where id = ${returnId}`.execute(transaction);
  }
}
