import { sql } from 'kysely';
import { execute, type Database } from '../../db/database.js';
import { noteSuccess } from './circuit.js';
import { type ClaimedDelivery, releaseQueued } from './claims.js';
import { writeRefusal, type RetryRules, type TryResult, type Try } from './failed-try.js';

/** Writes the results of tries, over one connection at a time. */
export interface ResultWriter {
  /** @throws Error when nothing was written: the delivery is then retried */
  write(delivery: ClaimedDelivery, done: Try): Promise<TryResult>;
}

interface Done {
  readonly delivery: ClaimedDelivery;
  readonly done: Try;
  readonly resolve: (result: TryResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Successes are written in batches: all that arrived during the last write. */
export function createResultWriter({
  database,
  ...rules
}: RetryRules & { readonly database: Database }): ResultWriter {
  let waiting: Done[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const taken = batch.filter(isTaken);
      await answer(taken, () => writeTaken(database, taken).then(() => 'delivered'));
      for (const one of batch.filter((each) => !isTaken(each))) {
        await answer([one], () => writeRefusal(database, one.delivery, one.done, rules));
      }
    }
    isWriting = false;
  }

  return {
    write: (delivery, done) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, done, resolve, reject });
        void writeAll();
      }),
  };
}

const isTaken = ({ done: { outcome } }: Done): boolean =>
  'verdict' in outcome && outcome.verdict.kind === 'delivered';

async function answer(all: readonly Done[], write: () => Promise<TryResult>): Promise<void> {
  if (all.length === 0) return;
  try {
    const result = await write();
    for (const { resolve } of all) resolve(result);
  } catch (error) {
    for (const { reject } of all) reject(error);
  }
}

/** Only a success after failures needs a transaction: it resets the circuit and releases the queue. */
async function writeTaken(database: Database, taken: readonly Done[]): Promise<void> {
  const recovered = taken.filter(({ delivery }) => delivery.isFailing || delivery.attempts > 0);
  if (recovered.length === 0) {
    await markDelivered(database, taken);
    return;
  }
  await database.transaction().execute(async (transaction) => {
    const deliveries = recovered.map(({ delivery }) => delivery);
    await noteSuccess(transaction, [...new Set(deliveries.map(({ endpointId }) => endpointId))]);
    await markDelivered(transaction, taken);
    await releaseQueued(
      transaction,
      deliveries.map(({ endpointId, orderId, sequence }) => ({
        endpointId,
        orderId,
        afterSequence: sequence,
      })),
    );
  });
}

async function markDelivered(database: Database, taken: readonly Done[]): Promise<void> {
  const rows = taken.map(({ delivery: { id, claim }, done: { at, durationMs, outcome } }) => ({
    id,
    claim,
    at,
    duration_ms: durationMs,
    status_code: 'statusCode' in outcome ? outcome.statusCode : null,
  }));
  await execute(database)`
    with done as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as each (
        id text, claim text, at timestamptz, duration_ms integer, status_code integer)
    ), delivered as (
      update events.webhook_deliveries delivery set state = 'delivered', claim = null,
        claimed_until = null, attempts = attempts + 1, settled_at = clock_timestamp()
      from done where delivery.id = done.id and delivery.claim = done.claim
        and delivery.state = 'waiting'
      returning delivery.id, delivery.attempts
    )
    insert into events.webhook_attempts (delivery_id, number, at, duration_ms, status_code)
    select id, attempts, done.at, done.duration_ms, done.status_code
    from delivered join done using (id)`;
}
