import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { CodeChannel } from '../domain/one-time-code.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { Verification } from '../domain/risk.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import { allRows, execute, firstRow, type Database } from './database.js';

/** What a workflow is started with, read back from the rows that accepting the order wrote. */
export interface StartRecord {
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly member: boolean;
  readonly total: Money;
  readonly shippingMinor: number;
  readonly createdAt: Date;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevelName;
  readonly verification: Verification;
  readonly codeChannel: CodeChannel;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly amountMinor: number;
  }[];
}

const selected = sql`
  select o.id as "orderId", o.customer_id as "customerId", c.member,
    o.created_at as "createdAt", o.shipping_minor as "shippingMinor", o.policy,
    o.service_level as "serviceLevel", o.verification, o.code_channel as "codeChannel",
    json_build_object('amountMinor', o.total_minor, 'currency', o.currency) as total,
    (select json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity,
        'amountMinor', l.amount_minor) order by l.line_number)
      from orders.lines l where l.order_id = o.id) as lines
  from orders.orders o join orders.contacts c on c.order_id = o.id`;

export const findStartRecord = (database: Database, orderId: OrderId) =>
  firstRow<StartRecord>(database)`${selected} where o.id = ${orderId}`;

/** Orders of at least this age whose start was recorded but not confirmed, the oldest first. */
export const listUnstarted = (
  database: Database,
  limit: number,
  olderThanMs: number,
) => allRows<StartRecord>(database)`
    ${selected} where o.started_at is null
      and o.created_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    order by o.created_at limit ${limit}`;

export const markStarted = (database: Database, orderId: OrderId) => execute(database)`
    update orders.orders set started_at = clock_timestamp()
    where id = ${orderId} and started_at is null`;
