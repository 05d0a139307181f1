import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type { Database } from '../../../src/db/database.js';
import type { Subscriber } from '../subscribers.js';
import { verdict, type Verdict } from './verdict.js';

/** A line of a subscriber's file. */
interface Receipt {
  readonly id: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  readonly status: number;
  readonly isValid: boolean;
}

export interface Receipts {
  readonly verdicts: readonly Verdict[];
  readonly received: number;
  /** Messages that had been taken before. */
  readonly duplicates: number;
}

const isTaken = ({ status }: Receipt): boolean => status < 300;

/** The subscriber has got what it asked for, signed, and no event before the earlier one was taken. */
export async function judgeSubscriber(
  database: Database,
  subscriber: Subscriber,
): Promise<Receipts> {
  const { name } = subscriber;
  const wanted = await wantedBy(database, subscriber);
  const receipts = await receiptsIn(subscriber.file);
  const taken = new Set(receipts.filter(isTaken).map(({ id }) => id));
  const missing = [...wanted.keys()].filter((id) => !taken.has(id));
  const strange = receipts.filter(({ id, type }) => wanted.get(id)?.type !== type);
  const unsigned = receipts.filter(({ isValid }) => !isValid);
  return {
    verdicts: [
      verdict(`${name} subscriber got its events`, wanted.size, [...missing, ...strange]),
      verdict(`${name} subscriber: signatures`, receipts.length, unsigned),
      verdict(`${name} subscriber: in order`, taken.size, early(receipts, wanted)),
    ],
    received: receipts.length,
    duplicates: receipts.filter(isTaken).length - taken.size,
  };
}

interface Wanted {
  readonly type: string;
  /** The event of the same order that comes before it for this subscriber. */
  readonly earlier: string | null;
}

async function wantedBy(
  database: Database,
  { types }: Subscriber,
): Promise<ReadonlyMap<string, Wanted>> {
  const { rows } = await sql<Wanted & { readonly id: string }>`
    select event_id as id, type,
      lag(event_id) over (partition by order_id order by sequence) as earlier
    from events.history where cardinality(${[...types]}::text[]) = 0
      or split_part(type, '.', 1) || '.*' = any(${[...types]}::text[])`.execute(database);
  return new Map(rows.map(({ id, ...wanted }) => [id, wanted]));
}

/** Receipts that came before the event before them was taken. */
function early(receipts: readonly Receipt[], wanted: ReadonlyMap<string, Wanted>): Receipt[] {
  const taken = new Set<string>();
  const found: Receipt[] = [];
  for (const receipt of receipts) {
    const earlier = wanted.get(receipt.id)?.earlier ?? undefined;
    if (earlier !== undefined && !taken.has(earlier)) found.push(receipt);
    if (isTaken(receipt)) taken.add(receipt.id);
  }
  return found;
}

async function receiptsIn(file: string): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const receipt = receiptOf(line);
    if (receipt !== undefined) receipts.push(receipt);
  }
  return receipts;
}

/** A kill may have torn off the line that was being written; nobody was told that it had arrived. */
function receiptOf(line: string): Receipt | undefined {
  try {
    return JSON.parse(line) as Receipt;
  } catch {
    return undefined;
  }
}
