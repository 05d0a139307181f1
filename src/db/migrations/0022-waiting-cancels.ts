import { sql, type Kysely, type Migration } from 'kysely';

/**
 * What is said to a workflow comes in with its next task, and one task does many quick tries. Whoever
 * writes about an order hears that a cancel waits outside, and may end the task.
 */
export const waitingCancels: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table orders.orders add column cancel_asked_at timestamptz`.execute(db);
    await sql`drop function orders.write(text, text, jsonb, integer, jsonb)`.execute(db);
    await write.execute(db);
  },
};

/** As before, and tells whether somebody has asked for a cancel. */
const write = sql`
  create function orders.write(
    p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb,
    out facts jsonb, out row_revision integer, out is_cancel_asked boolean
  ) language plpgsql as $$
  begin
    perform from orders.orders where id = p_order_id for no key update;
    select coalesce(jsonb_agg(entry order by entry.sequence), '[]') into facts
      from orders.append(p_order_id, p_key, p_facts, p_revision, p_state) entry;
    select revision, cancel_asked_at is not null into row_revision, is_cancel_asked
      from orders.orders where id = p_order_id;
  end $$;
`;
