import { sql, type RawBuilder } from 'kysely';
import { allRows, firstRow, type Database } from '../../db/database.js';
import type { WebhookDeliveryState } from './deliveries.js';
import type { DeadLetter, DeadLetterSource, DecisionOutcome, Replay } from '../dead-letters.js';
import { moveQueued, type QueuedBehind } from './claims.js';

/**
 * Deliveries that were tried in vain as often as the schedule has it. Their consumer is the
 * endpoint's id; `webhooks` stands for all endpoints.
 */
export const webhookDeadLetters: DeadLetterSource = {
  prefix: 'whd',
  list: async (database, { consumer, orderId }, { limit, after }) => {
    const conditions = [sql`d.state = 'dead'`, ofConsumer(consumer)];
    if (orderId !== undefined) conditions.push(sql`d.order_id = ${orderId}`);
    if (after !== undefined) conditions.push(sql`d.id > ${after}`);
    return allRows<DeadLetter>(database)`
      select ${columns} from events.webhook_deliveries d
      where ${sql.join(conditions, sql` and `)} order by d.id limit ${limit}`;
  },
  replay: async (database, id, replay) => {
    const replayed = await replayWhere(database, sql`d.id = ${id} and d.state = 'dead'`, replay, 1);
    return replayed > 0 ? { kind: 'done' } : outcomeOf(database, id, 'replayed');
  },
  replayAll: (database, { consumer }, { limit, ...replay }) =>
    replayWhere(database, sql`d.state = 'dead' and ${ofConsumer(consumer)}`, replay, limit),
  discard: async (database, id, { by, reason }) => {
    const isDone = await database.transaction().execute(async (transaction) => {
      const discarded = await allRows<QueuedBehind>(transaction)`
        update events.webhook_deliveries set state = 'discarded', settled_at = clock_timestamp(),
          decision = 'discarded', decided_by = ${by}, decided_reason = ${reason},
          decided_at = clock_timestamp()
        where id = ${id} and state = 'dead'
        returning endpoint_id as "endpointId", order_id as "orderId", sequence
      `;
      await moveQueued(transaction, discarded, 0);
      return discarded.length > 0;
    });
    return isDone ? { kind: 'done' } : outcomeOf(database, id, 'discarded');
  },
};

const columns = sql`d.id, d.endpoint_id as consumer,
  json_build_object('id', d.event_id, 'type', d.type, 'orderId', d.order_id,
    'sequence', d.sequence) as event,
  coalesce((select coalesce(last.error, 'answered ' || last.status_code)
    from events.webhook_attempts last where last.delivery_id = d.id
    order by last.number desc limit 1), 'unknown') as error,
  d.attempts, coalesce((select min(tried.at) from events.webhook_attempts tried
    where tried.delivery_id = d.id), d.created_at) as "firstFailedAt",
  d.settled_at as "diedAt",
  (select count(*)::integer from events.webhook_deliveries later
    where later.endpoint_id = d.endpoint_id and later.order_id = d.order_id
      and later.sequence > d.sequence and later.state = 'waiting') as "heldBack"`;

const ofConsumer = (consumer: string | undefined): RawBuilder<unknown> =>
  consumer === undefined || consumer === 'webhooks' ? sql`true` : sql`d.endpoint_id = ${consumer}`;

async function replayWhere(
  database: Database,
  condition: RawBuilder<unknown>,
  { by }: Replay,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update events.webhook_deliveries set state = 'waiting', step = 0,
      next_attempt_at = clock_timestamp(), settled_at = null, decision = 'replayed',
      decided_by = ${by}, decided_reason = null, decided_at = clock_timestamp()
    where id in (select d.id from events.webhook_deliveries d where ${condition}
      order by d.id limit ${limit} for update)`.execute(database);
  return Number(numAffectedRows);
}

/** Why a delivery that is not dead cannot be decided about. */
async function outcomeOf(
  database: Database,
  id: string,
  asked: 'replayed' | 'discarded',
): Promise<DecisionOutcome> {
  const letter = await firstRow<{
    decision: 'replayed' | 'discarded' | null;
    state: WebhookDeliveryState;
  }>(database)`select decision, state from events.webhook_deliveries where id = ${id}`;
  if (letter === undefined || letter.decision === null) return { kind: 'unknown' };
  if (letter.decision === asked) return { kind: 'already' };
  if (letter.decision === 'discarded') return { kind: 'refused', because: 'discarded' };
  return { kind: 'refused', because: letter.state === 'waiting' ? 'being_replayed' : 'settled' };
}
