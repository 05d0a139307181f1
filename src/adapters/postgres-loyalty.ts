import { sql } from 'kysely';
import type { Loyalty } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { ask } from './postgres-errors.js';

/** The points ledger. A revocation without an award bars a late award. */
export const postgresLoyalty = (database: Database): Loyalty => ({
  award: (orderId, memberId, points) =>
    ask(async () => {
      await sql`
        insert into loyalty.ledger (order_id, kind, member_id, points)
        select ${orderId}, 'award', ${memberId}, ${points}
        where not exists (
          select from loyalty.ledger where order_id = ${orderId} and kind = 'revoke'
        )
        on conflict do nothing
      `.execute(database);
    }),

  revoke: (orderId) =>
    ask(async () => {
      await sql`
        insert into loyalty.ledger (order_id, kind, member_id, points)
        select ${orderId}, 'revoke', coalesce(max(member_id), ''), -coalesce(max(points), 0)
        from loyalty.ledger where order_id = ${orderId} and kind = 'award'
        on conflict do nothing
      `.execute(database);
      const award = await database
        .selectFrom('loyalty.ledger')
        .select('points')
        .where('order_id', '=', orderId)
        .where('kind', '=', 'award')
        .executeTakeFirst();
      return award === undefined ? { kind: 'nothing_to_undo' } : { kind: 'undone' };
    }),
});
