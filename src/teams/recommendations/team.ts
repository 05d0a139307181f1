import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { project, type Projection } from '../../events/projection.js';
import type { Team } from '../../events/team.js';
import { basketSteps, type Basket, changesBetween, type PairChange } from './basket.js';
import { recommend, suggestionsFor } from './suggestions.js';

const defaultLimit = 5;

const baskets: Projection<Basket> = {
  table: 'recommendations.baskets',
  steps: basketSteps,
  rowOf: (basket) => ({ basket }),
  knownIn: ({ basket }) => basket as Basket,
};

/** What others bought together with what is in an order. */
export const team: Team = {
  name: 'recommendations',
  schema: 'recommendations',
  types: Object.keys(basketSteps),
  create: async (database) => {
    await sql`
      create schema if not exists recommendations;
      create table if not exists recommendations.baskets (
        order_id text primary key,
        basket jsonb not null
      );
      create table if not exists recommendations.pairs (
        low text not null,
        high text not null,
        orders integer not null check (orders >= 0),
        primary key (low, high)
      );
      create index if not exists pairs_by_high on recommendations.pairs (high);
    `.execute(database);
  },
  apply: async (transaction, events) => {
    await count(transaction, changesBetween(await project(transaction, baskets, events)));
  },
  recommend,
  pages: [
    {
      path: '/v1/orders/:id/recommendations',
      query: z.strictObject({
        limit: z
          .string()
          .regex(/^([1-9]|1\d|20)$/, 'must be a whole number from 1 to 20')
          .optional(),
      }),
      answer: async (database, { parameters, query }) => {
        const orderId = parameters['id'] ?? '';
        const limit = Number(query['limit'] ?? defaultLimit);
        const data = await suggestionsFor(database, orderId, limit);
        return data && { object: 'list', order_id: orderId, data };
      },
    },
  ],
};

/**
 * A pair's first change is never below zero: what is taken back was counted before. A pair that nobody
 * has any more goes, so that the rows do not depend on which events came together.
 */
async function count(
  transaction: Transaction<unknown>,
  changes: readonly PairChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    merge into recommendations.pairs p
    using (select low, high, change from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
      as c (low text, high text, change integer)) c
    on p.low = c.low and p.high = c.high
    when matched and p.orders + c.change = 0 then delete
    when matched then update set orders = p.orders + c.change
    when not matched then insert (low, high, orders) values (c.low, c.high, c.change)
  `.execute(transaction);
}
