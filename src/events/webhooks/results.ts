import { sql, type Transaction } from 'kysely';
import { allRows, type Database } from '../../db/database.js';
import { disable, noteFailure, noteSuccess } from './circuit.js';
import { moveQueued, type ClaimedDelivery, type QueuedBehind } from './claims.js';
import { retryWaitMs, type Verdict } from './retries.js';
import type { SenderLimits, WebhookSettings } from './settings.js';

/** One try of a webhook delivery, and its outcome. */
export interface Try {
  readonly delivery: ClaimedDelivery;
  readonly at: Date;
  readonly durationMs: number;
  readonly statusCode?: number;
  /** Undefined when there was no answer. */
  readonly verdict?: Verdict;
  readonly error?: string;
}

export type TryResult = 'delivered' | 'retried' | 'dead' | 'disabled';

interface Rules {
  readonly database: Database;
  readonly settings: WebhookSettings;
  readonly limits: SenderLimits;
}

interface Waiting {
  readonly done: Try;
  readonly resolve: (result: TryResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes the results of tries, over one connection at a time: successes in batches of all that arrived
 * during the last write, failures one by one.
 * @returns writes one; throws when nothing was written: the delivery is then retried
 */
export function createResultWriter(rules: Rules): (done: Try) => Promise<TryResult> {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const taken = batch.filter(isTaken);
      await answer(taken, () => writeTaken(rules.database, taken));
      for (const one of batch.filter((each) => !isTaken(each))) {
        await answer([one], () => writeFailure(rules, one.done));
      }
    }
    isWriting = false;
  }

  return (done) =>
    new Promise((resolve, reject) => {
      waiting.push({ done, resolve, reject });
      void writeAll();
    });
}

const isTaken = ({ done }: Waiting): boolean => done.verdict?.kind === 'delivered';

async function answer(all: readonly Waiting[], write: () => Promise<TryResult>): Promise<void> {
  if (all.length === 0) return;
  try {
    const result = await write();
    for (const { resolve } of all) resolve(result);
  } catch (error) {
    for (const { reject } of all) reject(error);
  }
}

/** Only a success after failures needs a transaction: it resets the circuit and releases the queue. */
async function writeTaken(database: Database, taken: readonly Waiting[]): Promise<TryResult> {
  const written = taken.map(
    ({ done }) => ({ ...done, state: 'delivered', step: done.delivery.step, waitMs: 0 }) as const,
  );
  const recovered = taken
    .map(({ done }) => done.delivery)
    .filter(({ isFailing, attempts }) => isFailing || attempts > 0);
  if (recovered.length === 0) {
    await write(database, written);
    return 'delivered';
  }
  const endpointIds = new Set(recovered.map(({ endpointId }) => endpointId));
  await database.transaction().execute(async (transaction) => {
    await noteSuccess(transaction, [...endpointIds]);
    await moveQueued(transaction, await write(transaction, written), 0);
  });
  return 'delivered';
}

/** The endpoint is locked before the delivery, as in a deletion. */
const writeFailure = (
  { database, settings: { scheduleMs }, limits }: Rules,
  done: Try,
): Promise<TryResult> =>
  database.transaction().execute(async (transaction) => {
    const { delivery, verdict } = done;
    const { endpointId, step } = delivery;
    const writeNext = (next: Next) => writeAndPostpone(transaction, { ...done, ...next });
    if (verdict?.kind === 'gone') {
      await disable(transaction, endpointId, 'gone');
      await writeNext({ state: 'waiting', step, waitMs: 0 });
      return 'disabled';
    }
    const askedMs = verdict?.kind === 'refused' ? verdict.askedMs : undefined;
    const isDisabled = await noteFailure(transaction, endpointId, { askedMs, scheduleMs, limits });
    const waitMs = retryWaitMs(scheduleMs, step, Math.random());
    await writeNext(
      waitMs === undefined
        ? { state: 'dead', step, waitMs: Infinity }
        : { state: 'waiting', step: step + 1, waitMs: Math.max(waitMs, askedMs ?? 0) },
    );
    if (isDisabled) return 'disabled';
    return waitMs === undefined ? 'dead' : 'retried';
  });

/** What becomes of the delivery. */
interface Next {
  readonly state: 'delivered' | 'waiting' | 'dead';
  readonly step: number;
  readonly waitMs: number;
}

async function writeAndPostpone(transaction: Transaction<unknown>, done: Try & Next) {
  await moveQueued(transaction, await write(transaction, [done]), done.waitMs);
}

const keptAttempts = 30;

/** @returns the deliveries whose claims had not been lost; nothing was written of the others */
function write(database: Database, tries: readonly (Try & Next)[]) {
  const rows = tries.map(({ delivery: { id, claim }, ...done }) => ({ id, claim, ...done }));
  return allRows<QueuedBehind>(database)`
    with done as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as each (
        id text, claim text, at timestamptz, "durationMs" integer, "statusCode" integer,
        error text, state text, step integer, "waitMs" float8)
    ), written as (
      update events.webhook_deliveries d set claim = null, claimed_until = null,
        attempts = attempts + 1, state = done.state, step = done.step,
        next_attempt_at = clock_timestamp()
          + coalesce(done."waitMs", 0) * interval '1 millisecond',
        settled_at = case when done.state <> 'waiting' then clock_timestamp() end,
        decision = ${unlessDead('decision')}, decided_by = ${unlessDead('decided_by')},
        decided_reason = ${unlessDead('decided_reason')}, decided_at = ${unlessDead('decided_at')}
      from done where d.id = done.id and d.claim = done.claim and d.state = 'waiting'
      returning d.id, d.attempts, d.endpoint_id, d.order_id, d.sequence
    ), forgotten as (
      delete from events.webhook_attempts tried using written
      where tried.delivery_id = written.id and tried.number <= written.attempts - ${keptAttempts}
    ), noted as (
      insert into events.webhook_attempts
        (delivery_id, number, at, duration_ms, status_code, error)
      select id, attempts, at, "durationMs", "statusCode", error from written join done using (id)
    )
    select endpoint_id as "endpointId", order_id as "orderId", sequence from written`;
}

const unlessDead = (column: string) =>
  sql`case when done.state <> 'dead' then d.${sql.ref(column)} end`;
