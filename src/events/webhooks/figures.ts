import { sql } from 'kysely';
import type { Database } from '../../db/database.js';

/** How many there are of each; a circuit is open while nothing may be sent to an enabled endpoint. */
export interface WebhookFigures {
  readonly endpoints: {
    readonly enabled: number;
    readonly disabled: number;
    readonly open: number;
  };
  /** Messages to be sent, and messages whose tries are used up. */
  readonly deliveries: { readonly waiting: number; readonly dead: number };
}

export async function readWebhookFigures(database: Database): Promise<WebhookFigures> {
  const { rows } = await sql<WebhookFigures>`
    select
      (select json_build_object(
          'enabled', count(*) filter (where state = 'enabled'),
          'disabled', count(*) filter (where state = 'disabled'),
          'open', count(*) filter (
            where state = 'enabled' and circuit_open_until > clock_timestamp()))
        from events.webhook_endpoints) as endpoints,
      json_build_object(
        'waiting', (select count(*) from events.webhook_deliveries where state = 'waiting'),
        'dead', (select count(*) from events.webhook_deliveries where state = 'dead')) as deliveries
  `.execute(database);
  const [figures] = rows;
  if (figures === undefined) throw new Error('A select without from gave no row');
  return figures;
}
