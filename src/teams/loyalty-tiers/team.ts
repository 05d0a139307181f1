import { sql, type Kysely, type Transaction } from 'kysely';
import { foldByOrder, ordersOf } from '../../events/catalogue/read-event.js';
import type { Team } from '../../events/team.js';
import { book, type Account, standingOf } from './account.js';

/** A member's tier, from points earned and taken back. */
export const team: Team = {
  name: 'loyalty-tiers',
  schema: 'loyalty_tiers',
  create: async (database) => {
    await sql`
      create schema if not exists loyalty_tiers;
      create table if not exists loyalty_tiers.accounts (
        order_id text primary key,
        member_id text not null,
        is_member boolean not null,
        earned integer not null,
        taken_back integer not null check (taken_back between 0 and earned)
      );
      create index if not exists accounts_by_member on loyalty_tiers.accounts (member_id)
        where is_member;
    `.execute(database);
  },
  apply: async (transaction, events) => {
    const changed = foldByOrder(await read(transaction, ordersOf(events)), events, book);
    if (changed.size > 0) await write(transaction, changed);
  },
  pages: [
    {
      path: '/v1/members/:id/tier',
      answer: async (database, { parameters }) => {
        const memberId = parameters['id'] ?? '';
        const points = await pointsOf(database, memberId);
        return points === undefined
          ? undefined
          : { object: 'tier', member_id: memberId, points, ...standingOf(points) };
      },
    },
  ],
};

async function read(
  transaction: Transaction<unknown>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Account>> {
  const { rows } = await sql<Account & { readonly order_id: string }>`
    select order_id, member_id, is_member, earned, taken_back
    from loyalty_tiers.accounts where order_id = any(${orderIds})
  `.execute(transaction);
  return new Map(rows.map(({ order_id, ...account }) => [order_id, account]));
}

async function write(
  transaction: Transaction<unknown>,
  accounts: ReadonlyMap<string, Account>,
): Promise<void> {
  const rows = [...accounts].map(([order_id, account]) => ({ order_id, ...account }));
  await sql`
    insert into loyalty_tiers.accounts (order_id, member_id, is_member, earned, taken_back)
    select order_id, member_id, is_member, earned, taken_back
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a (order_id text, member_id text,
      is_member boolean, earned integer, taken_back integer)
    on conflict (order_id) do update
      set earned = excluded.earned, taken_back = excluded.taken_back
  `.execute(transaction);
}

/** @returns undefined for somebody who never ordered as a member */
async function pointsOf(database: Kysely<unknown>, memberId: string): Promise<number | undefined> {
  const { rows } = await sql<{ points: number | null }>`
    select sum(earned - taken_back)::integer as points from loyalty_tiers.accounts
    where member_id = ${memberId} and is_member
  `.execute(database);
  return rows[0]?.points ?? undefined;
}
