import type { OrderId } from '../domain/ids.js';
import { allRows, firstValue, type Database } from './database.js';

export interface PointsEntry {
  readonly sequence: number;
  readonly orderId: OrderId;
  readonly kind: 'award' | 'revoke' | 'spend';
  /** What tells the entries of one kind and order apart, such as a return; empty for the whole order. */
  readonly key: string;
  /** Below zero when they were taken. */
  readonly points: number;
  readonly at: Date;
}

/** How many points the member has; 0 when he never had any. */
export const readBalance = async (database: Database, memberId: string) =>
  (await firstValue<number>(database)`
    select points from loyalty.balances where member_id = ${memberId}`) ?? 0;

/** The member's entries, newest first. @param page entries older than `before`; `limit` of them */
export const listPoints = (
  database: Database,
  memberId: string,
  page: { readonly limit: number; readonly before?: number | undefined },
) => allRows<PointsEntry>(database)`
    select sequence, order_id as "orderId", kind, key, points, at from loyalty.ledger
    where member_id = ${memberId} and sequence < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by sequence desc limit ${page.limit}`;
