import { sql, type Transaction } from 'kysely';
import { execute, firstRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { applyBatch, transact, lockGroup } from './batch.js';
import { backoffMs, defaultRules, type ConsumerRules, type ConsumerRun } from './rules.js';
import type { Consumer } from './consumer.js';
import type { LoggedEvent, OrderEvent } from './order-event.js';
import { describeRefusal, isFinal, isPassing, orUnavailable } from './refusal.js';

export type QuarantineState = 'retrying' | 'held' | 'dead' | 'discarded';

/**
 * Quarantines an event that was refused by itself, and moves the group past it.
 * @param from where the group stood when the event was its next
 * @returns false when another copy of the consumer was first
 */
export const quarantine = (
  { database, consumer, rules }: ConsumerRun,
  { position, event, from }: LoggedEvent & { readonly from: number },
  error: unknown,
): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const { name } = consumer;
    const group = await lockGroup(transaction, name, rules.statementLimitMs);
    if (group?.position !== from) return false;
    const isLast = rules.maxAttempts <= 1 || isFinal(error);
    await execute(transaction)`
      with moved as (
        update events.groups set position = ${position}, moved_at = clock_timestamp()
        where name = ${name}
      )
      insert into events.quarantined (group_name, event_id, order_id, position, state, attempts,
        next_attempt_at, error, first_failed_at, died_at)
      values (${name}, ${event.id}, ${event.subject}, ${position},
        ${isLast ? 'dead' : 'retrying'}, 1,
        clock_timestamp() + ${backoffMs(rules, 1)} * interval '1 millisecond',
        ${describeRefusal(error)}, clock_timestamp(),
        ${isLast ? sql`clock_timestamp()` : null})`;
    if (isLast) await consumer.onDeadLetter?.(transaction, event);
    return true;
  });

/** The most quarantined events that one round retries. */
const retriesInARound = 200;

interface Due {
  readonly id: string;
  readonly orderId: OrderId;
}

/**
 * Retries the group's quarantined events that are due, for about as long as one batch may take; after a
 * success the events of its order that are queued behind it follow in sequence.
 * @returns how many events were applied, or skipped because they were discarded
 * @throws ConsumerUnavailable as {@link runGroup}
 */
export const retryQuarantined = (
  database: Database,
  consumer: Consumer,
  changes: Partial<ConsumerRules> = {},
): Promise<number> =>
  orUnavailable(() => retryDue({ database, consumer, rules: { ...defaultRules, ...changes } }));

export async function retryDue(run: ConsumerRun): Promise<number> {
  const { database, consumer, rules } = run;
  const end = Date.now() + rules.applyLimitMs;
  let done = 0;
  for (const { id, orderId } of await dueHeads(database, consumer.name)) {
    let next: string | undefined = id;
    while (next !== undefined && done < retriesInARound && Date.now() < end) {
      const answer = await retry(run, next);
      if (answer === 'busy') return done;
      if (answer === 'not_due') break;
      done += 1;
      next = (await dueHeads(database, consumer.name, orderId))[0]?.id;
    }
  }
  return done;
}

/** Of all orders, or of one. */
async function dueHeads(
  database: Database,
  name: string,
  orderId?: OrderId,
): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`
    select id, order_id as "orderId" from events.quarantined
    where group_name = ${name} and state in ('retrying', 'discarded')
      and next_attempt_at <= clock_timestamp()
      ${orderId === undefined ? sql`` : sql`and order_id = ${orderId}`}
    order by next_attempt_at limit ${retriesInARound}
  `.execute(database);
  return rows;
}

type Answer = 'done' | 'not_due' | 'busy';

async function retry(run: ConsumerRun, id: string): Promise<Answer> {
  const { database, consumer, rules } = run;
  let tried: OrderEvent | undefined;
  try {
    return await transact(database, async (transaction): Promise<Answer> => {
      const group = await lockGroup(transaction, consumer.name, rules.statementLimitMs);
      if (group === undefined) return 'busy';
      const row = await lockHead(transaction, id);
      if (row === undefined) return 'not_due';
      if (row.state === 'retrying') {
        tried = row.event;
        await applyBatch(run, transaction, group, [row.event]);
      }
      await release(transaction, id);
      await consumer.onResolved?.(transaction, row.event);
      return 'done';
    });
  } catch (error) {
    if (tried === undefined || isPassing(error)) throw error;
    await countFailure(run, { id, event: tried }, error);
    return 'not_due';
  }
}

interface Head {
  readonly state: string;
  readonly event: OrderEvent;
}

async function lockHead(transaction: Transaction<unknown>, id: string): Promise<Head | undefined> {
  return firstRow<Head>(transaction)`
    select p.state, e.event from events.quarantined p, events.history e
    where p.id = ${id} and p.state in ('retrying', 'discarded') and e.position = p.position
    for update of p`;
}

/**
 * Ends the quarantine of the event: that it is gone is what says that it was applied. The next one of its
 * order becomes the head, and is due.
 */
async function release(transaction: Transaction<unknown>, id: string): Promise<void> {
  const gone = await firstRow<{ group_name: string; order_id: string }>(transaction)`
    delete from events.quarantined where id = ${id} returning group_name, order_id`;
  if (gone === undefined) return;
  // A statement of its own: the parts of one statement have no order, and an order has one head.
  await execute(transaction)`
    update events.quarantined set state = 'retrying', next_attempt_at = clock_timestamp()
    where id = (
      select id from events.quarantined
      where group_name = ${gone.group_name} and order_id = ${gone.order_id} and state = 'held'
      order by position limit 1)`;
}

async function countFailure(
  { database, consumer, rules }: ConsumerRun,
  { id, event }: { readonly id: string; readonly event: OrderEvent },
  error: unknown,
): Promise<void> {
  const mostAttempts = isFinal(error) ? 1 : rules.maxAttempts;
  await transact(database, async (transaction) => {
    const { rows } = await sql<{ state: QuarantineState }>`
      update events.quarantined set
        attempts = attempts + 1,
        state = case when attempts + 1 >= ${mostAttempts} then 'dead' else state end,
        died_at = case when attempts + 1 >= ${mostAttempts} then clock_timestamp() end,
        next_attempt_at = clock_timestamp() + interval '1 millisecond' * floor(random() *
          least(${rules.capMs}::float8, ${rules.baseMs}::float8 * power(2, attempts))),
        error = ${describeRefusal(error)},
        first_failed_at = coalesce(first_failed_at, clock_timestamp())
      where id = ${id} and state = 'retrying' returning state
    `.execute(transaction);
    if (rows[0]?.state === 'dead') await consumer.onDeadLetter?.(transaction, event);
  });
}
