import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { OrderId } from '../domain/ids.js';
import type { RelayConsumer } from './consumer.js';

/** What a team's page answers; `undefined` when there is no such thing. */
type TeamAnswer = object | undefined;

/** A page of a team under the API: `GET` only. */
export interface TeamPage {
  /** With Express' parameters, such as `/v1/sellers/:id/orders`. */
  readonly path: string;
  /** What may stand in the query; what is not right by it is refused before the page is asked. */
  readonly query?: z.ZodObject;
  answer(
    database: Kysely<unknown>,
    asked: {
      readonly parameters: Readonly<Record<string, string>>;
      readonly query: Readonly<Record<string, string>>;
    },
  ): Promise<TeamAnswer>;
}

/**
 * A team beside the order service: it knows orders by their events alone and keeps what it makes of
 * them in a schema of its own. Each lives in a folder of `src/teams`, which may be deleted.
 */
export interface Team extends RelayConsumer {
  /** The Postgres schema with all of its tables, and nothing of anybody else. */
  readonly schema: string;
  /** Makes the schema and its tables where they are missing. */
  create(database: Kysely<unknown>): Promise<void>;
  readonly pages: readonly TeamPage[];
  /** SKUs that buyers of this order may like, best first. */
  readonly recommend?: (
    database: Kysely<unknown>,
    orderId: OrderId,
    limit: number,
  ) => Promise<readonly string[]>;
}
