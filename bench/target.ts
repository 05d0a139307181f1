import type pg from 'pg';
import type { ApiClient } from './harness/api-client.js';
import type { System } from './harness/system.js';
import { Watch, type OrderRow } from './harness/watch.js';
import type { Trip } from './report.js';

export const endLimitMs = 60_000;

export interface Target {
  readonly system: System;
  readonly client: ApiClient;
  readonly orders: Watch<OrderRow>;
  readonly returns: Watch<ReturnRow>;
}

/** Carries one order or workflow to its end. @param index counts them from 0 */
export type Drive = (index: number) => Promise<Trip>;

/** Cards that the sandbox accepts: shared ones would look busier than any real card. */
export const cards = [
  'pm_card_visa',
  'pm_card_visa_debit',
  'pm_card_mastercard',
  'pm_card_amex',
  'pm_card_discover',
] as const;

/** A customer who placed all orders would wait for approval. */
export const buyerOf = (index: number) => ({ id: `cus_bench_${index}` });

export interface ReturnRow {
  readonly id: string;
  readonly isEnded: boolean;
  readonly isLabelled: boolean;
}

export const watchReturns = (pool: pg.Pool): Watch<ReturnRow> =>
  new Watch(pool, {
    name: 'returns',
    text: `select /* bench */ id, status = 'completed' as "isEnded",
      tracking_number is not null as "isLabelled" from orders.returns where id = any($1)`,
  });
