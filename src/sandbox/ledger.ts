import type { Pool } from 'pg';

type LedgerSection = 'payments' | 'labels' | 'messages';

/** Something that happened at a provider. Entries are never changed or removed. */
export interface LedgerEntry {
  readonly section: LedgerSection;
  readonly orderId: string | null;
  readonly entry: Readonly<Record<string, unknown>>;
}

export type Ledger = Readonly<Record<LedgerSection, readonly Readonly<Record<string, unknown>>[]>>;

export interface LedgerQuery {
  readonly orderId?: string | undefined;
  /** Only entries after this sequence number. */
  readonly after: number;
  readonly limit: number;
}

/** What happened, in the order in which it happened; of one order, or of all. */
export async function readLedger(pool: Pool, query: LedgerQuery): Promise<Ledger> {
  const result = await pool.query<LedgerEntry & { sequence: string }>(
    `SELECT sequence, section, order_id AS "orderId", entry FROM sandbox.ledger
     WHERE sequence > $1 AND ($3::text IS NULL OR order_id = $3) ORDER BY sequence LIMIT $2`,
    [query.after, query.limit, query.orderId],
  );
  const of = (section: LedgerSection) =>
    result.rows
      .filter((row) => row.section === section)
      .map((row) => ({ ...row.entry, order_id: row.orderId, sequence: Number(row.sequence) }));
  return { payments: of('payments'), labels: of('labels'), messages: of('messages') };
}
