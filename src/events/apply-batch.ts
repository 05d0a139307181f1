import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/database.js';
import type { Tables } from '../db/tables.js';
import { withinOr } from '../runtime/deadline.js';
import type { Consumer } from './consumer.js';
import type { OrderEvent } from './order-event.js';
import { ConsumerTooSlow } from './refusal.js';

/** A transaction whose error is the first one, also where the rollback fails as well. */
export async function transact<Result>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  let first: { readonly error: unknown } | undefined;
  try {
    return await database.transaction().execute(async (transaction) => {
      try {
        return await work(transaction);
      } catch (error) {
        first = { error };
        throw error;
      }
    });
  } catch (error) {
    throw first === undefined ? error : first.error;
  }
}

export interface Limit {
  readonly limitMs: number;
  /** The Postgres process that has the transaction. */
  readonly pid: number;
}

/**
 * Lets the consumer put the events into effect.
 * @throws ConsumerTooSlow when that takes too long; and whatever the consumer throws
 */
export async function applyBatch(
  database: Database,
  consumer: Consumer,
  transaction: Transaction<Tables>,
  events: readonly OrderEvent[],
  { limitMs, pid }: Limit,
): Promise<void> {
  if (events.length === 0) return;
  const work = consumer.apply(transaction as Transaction<unknown>, events);
  const outcome = work.then(() => 'done');
  if ((await withinOr(outcome, limitMs, () => 'overdue')) === 'done') return;
  // It may go on writing behind our back, so its connection is taken from it before the rollback.
  await sql`select pg_terminate_backend(${pid})`.execute(database);
  // Until the driver has heard of it, the pool would hand the connection out again.
  await sql`select 1`.execute(transaction).catch(() => undefined);
  throw new ConsumerTooSlow(`${consumer.name} took longer than ${limitMs} ms`);
}
