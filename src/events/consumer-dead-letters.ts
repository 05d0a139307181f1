import { sql, type RawBuilder } from 'kysely';
import type { QuarantineState } from './quarantine.js';
import { allRows, type Database } from '../db/database.js';
import type { DeadLetter, DeadLetterSource, DecisionOutcome } from './dead-letters.js';

/**
 * The dead letters of the consumers in this database. A decision only marks the quarantined event; the
 * consumer's next round acts on it, so that nothing is applied out of sequence.
 */
export const consumerDeadLetters: DeadLetterSource = {
  prefix: 'dlt',
  list,
  replay: (database, id, { by }) => decide(database, id, { kind: 'replayed', by, reason: null }),
  replayAll,
  discard: (database, id, { by, reason }) =>
    decide(database, id, { kind: 'discarded', by, reason }),
};

async function list(
  ...[database, { consumer, orderId }, page]: Parameters<DeadLetterSource['list']>
): Promise<readonly DeadLetter[]> {
  const conditions: RawBuilder<unknown>[] = [sql`p.state = 'dead'`];
  if (page.after !== undefined) conditions.push(sql`p.id > ${page.after}`);
  if (consumer !== undefined) conditions.push(sql`p.group_name = ${consumer}`);
  if (orderId !== undefined) conditions.push(sql`p.order_id = ${orderId}`);
  return allRows<DeadLetter>(database)`
    select p.id, p.group_name as consumer, p.error, p.attempts,
      p.first_failed_at as "firstFailedAt", p.died_at as "diedAt",
      json_build_object('id', e.event_id, 'type', e.type, 'orderId', e.order_id,
        'sequence', e.sequence) as event,
      (select count(*) from events.quarantined h where h.group_name = p.group_name
        and h.order_id = p.order_id and h.state = 'held') as "heldBack"
    from events.quarantined p join events.history e on e.position = p.position
    where ${sql.join(conditions, sql` and `)}
    order by p.id limit ${page.limit}`;
}

interface Decision {
  readonly kind: 'replayed' | 'discarded';
  readonly by: string;
  readonly reason: string | null;
}

/** The state of a quarantined event after a decision. */
const stateAfter = { replayed: 'retrying', discarded: 'discarded' } as const;

async function decide(
  database: Database,
  id: string,
  decision: Decision,
): Promise<DecisionOutcome> {
  const { rows } = await sql`
    with decided as (
      update events.quarantined set state = ${stateAfter[decision.kind]}, attempts = 0,
        next_attempt_at = clock_timestamp(), died_at = null
      where id = ${id} and state = 'dead' returning id, group_name, event_id, order_id, position
    )
    insert into events.dead_letter_decisions
      (dead_letter_id, group_name, event_id, order_id, position, kind, by, reason)
    select id, group_name, event_id, order_id, position, ${decision.kind}, ${decision.by},
      ${decision.reason}::text
    from decided returning id
  `.execute(database);
  return rows.length > 0 ? { kind: 'done' } : earlier(database, id, decision.kind);
}

/** Why there was nothing to decide. */
async function earlier(
  database: Database,
  id: string,
  kind: Decision['kind'],
): Promise<DecisionOutcome> {
  const { rows } = await sql<{ kind: Decision['kind']; state: QuarantineState | null }>`
    select d.kind, (select state from events.quarantined where id = ${id}) as state
    from events.dead_letter_decisions d where d.dead_letter_id = ${id} order by d.id desc limit 1
  `.execute(database);
  const [last] = rows;
  if (last === undefined) return { kind: 'unknown' };
  if (last.kind === kind) return { kind: 'already' };
  if (last.kind === 'discarded') return { kind: 'refused', because: 'discarded' };
  return { kind: 'refused', because: last.state === null ? 'settled' : 'being_replayed' };
}

async function replayAll(
  ...[database, { consumer }, { by, limit }]: Parameters<DeadLetterSource['replayAll']>
): Promise<number> {
  const { rows } = await sql`
    with chosen as (
      select id from events.quarantined
      where state = 'dead' and ${consumer === undefined ? sql`true` : sql`group_name = ${consumer}`}
      order by id limit ${limit} for update skip locked
    ), decided as (
      update events.quarantined p set state = 'retrying', attempts = 0,
        next_attempt_at = clock_timestamp(), died_at = null
      from chosen where p.id = chosen.id and p.state = 'dead'
      returning p.id, p.group_name, p.event_id, p.order_id, p.position
    )
    insert into events.dead_letter_decisions
      (dead_letter_id, group_name, event_id, order_id, position, kind, by)
    select id, group_name, event_id, order_id, position, 'replayed', ${by} from decided returning id
  `.execute(database);
  return rows.length;
}
