import { sql, type Kysely } from 'kysely';
import { project, type Projection } from '../../events/projection.js';
import type { Team } from '../../events/team.js';
import { accountSteps, type Account, standingOf } from './account.js';

const accounts: Projection<Account> = {
  table: 'loyalty_tiers.accounts',
  steps: accountSteps,
  rowOf: (account) => account,
  knownIn: (row) => row as unknown as Account,
};

/** A member's tier, from points earned and taken back. */
export const team: Team = {
  name: 'loyalty-tiers',
  schema: 'loyalty_tiers',
  types: Object.keys(accountSteps),
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
    await project(transaction, accounts, events);
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

/** @returns undefined for somebody who never ordered as a member */
async function pointsOf(database: Kysely<unknown>, memberId: string): Promise<number | undefined> {
  const { rows } = await sql<{ points: number | null }>`
    select sum(earned - taken_back)::integer as points from loyalty_tiers.accounts
    where member_id = ${memberId} and is_member
  `.execute(database);
  return rows[0]?.points ?? undefined;
}
