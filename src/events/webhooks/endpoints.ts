import { sql } from 'kysely';
import { allRows, execute, firstRow, hasRow, type Database } from '../../db/database.js';
import { newId } from '../../db/new-id.js';
import { newSecret, type SecretVault } from './secrets.js';

type WebhookEndpointState = 'enabled' | 'disabled';
type Circuit = 'closed' | 'open' | 'half_open';

/** A webhook endpoint. Never holds a secret. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Exact types, or prefixes such as `order.*`; none means all. */
  readonly types: readonly string[];
  readonly state: WebhookEndpointState;
  readonly stateReason: string | null;
  readonly stateSince: Date;
  readonly createdAt: Date;
  readonly circuit: Circuit;
  readonly consecutiveFailures: number;
  readonly failingSince: Date | null;
  /** Until when nothing is sent; null when something may be. */
  readonly quietUntil: Date | null;
  /** Until when the secret before the last rotation signs too. */
  readonly previousSecretUntil: Date | null;
}

export const maxEndpoints = 100;
const rotationHours = 24;

const columns = sql`id, url, description, types, state, state_reason as "stateReason",
  state_since as "stateSince", created_at as "createdAt",
  case when circuit_open_until is null then 'closed'
    when circuit_open_until > clock_timestamp() then 'open' else 'half_open' end as circuit,
  consecutive_failures as "consecutiveFailures", failing_since as "failingSince",
  case when greatest(circuit_open_until, paused_until) > clock_timestamp()
    then greatest(circuit_open_until, paused_until) end as "quietUntil",
  case when previous_secret_until > clock_timestamp()
    then previous_secret_until end as "previousSecretUntil"`;

export interface EndpointWish {
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[];
}

/** An endpoint and its secret, which is shown this once. */
export interface WithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

/**
 * Makes an endpoint that gets what is published from now on.
 * @returns undefined when there are as many as there may be
 */
export function createEndpoint(
  database: Database,
  vault: SecretVault,
  { url, description, types }: EndpointWish,
): Promise<WithSecret | undefined> {
  const id = newId('whe');
  const secret = newSecret();
  return database.transaction().execute(async (transaction) => {
    await execute(
      transaction,
    )`select pg_advisory_xact_lock(hashtextextended('events.webhook_endpoints', 0))`;
    const endpoint = await firstRow<WebhookEndpoint>(transaction)`
      insert into events.webhook_endpoints (id, url, description, types, begins_after, secret)
      select ${id}, ${url}, ${description}, ${[...types]}, head.position, ${vault.seal(id, secret)}
      from events.head
      where (select count(*) from events.webhook_endpoints) < ${maxEndpoints}
      returning ${columns}`;
    return endpoint && { endpoint, secret };
  });
}

/** The newest first. @param after endpoints strictly older than this one */
export async function listEndpoints(
  database: Database,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly WebhookEndpoint[]> {
  const older = page.after === undefined ? sql`` : sql`where id < ${page.after}`;
  return allRows<WebhookEndpoint>(database)`
    select ${columns} from events.webhook_endpoints ${older}
    order by id desc limit ${page.limit}`;
}

export const findEndpoint = (database: Database, id: string) =>
  firstRow<WebhookEndpoint>(database)`
    select ${columns} from events.webhook_endpoints where id = ${id}`;

export type EndpointChange = {
  readonly [Name in keyof EndpointWish]?: EndpointWish[Name] | undefined;
} & { readonly state?: WebhookEndpointState | undefined };

/**
 * Changes what is named. Enabling an endpoint, or changing its address, resets its failures.
 * @returns the endpoint as it stands then; undefined when there is none of this id
 */
export async function changeEndpoint(
  database: Database,
  id: string,
  { url, description, types, state }: EndpointChange,
): Promise<WebhookEndpoint | undefined> {
  const isFresh = state === 'enabled' || url !== undefined;
  return firstRow<WebhookEndpoint>(database)`
    update events.webhook_endpoints set
      url = coalesce(${url ?? null}, url),
      description = case when ${description !== undefined} then ${description ?? null}::text
        else description end,
      types = coalesce(${types === undefined ? null : [...types]}::text[], types),
      state_since = case when state = coalesce(${state ?? null}, state) then state_since
        else clock_timestamp() end,
      state_reason = case when state = coalesce(${state ?? null}, state) then state_reason
        when ${state ?? null} = 'disabled' then 'by_hand' end,
      state = coalesce(${state ?? null}, state),
      consecutive_failures = case when ${isFresh} then 0 else consecutive_failures end,
      failing_since = case when not ${isFresh} then failing_since end,
      circuit_open_until = case when not ${isFresh} then circuit_open_until end,
      paused_until = case when not ${isFresh} then paused_until end
    where id = ${id} returning ${columns}`;
}

/** Deletes an endpoint with its deliveries. @returns whether there was one */
export const deleteEndpoint = (database: Database, id: string): Promise<boolean> =>
  hasRow(database)`delete from events.webhook_endpoints where id = ${id} returning id`;

/**
 * Gives an endpoint a new secret; the one before signs too, for a day.
 * @returns undefined when there is none of this id
 */
export async function rotateSecret(
  database: Database,
  vault: SecretVault,
  id: string,
): Promise<WithSecret | undefined> {
  const secret = newSecret();
  const endpoint = await firstRow<WebhookEndpoint>(database)`
    update events.webhook_endpoints set secret = ${vault.seal(id, secret)},
      previous_secret = secret,
      previous_secret_until = clock_timestamp() + ${rotationHours} * interval '1 hour'
    where id = ${id} returning ${columns}`;
  return endpoint && { endpoint, secret };
}
