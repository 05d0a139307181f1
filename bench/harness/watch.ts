import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { endStatuses } from '../../src/domain/order-state.js';
import { waitFor } from '../../src/runtime/deadline.js';

/** An id is looked at for so long after its row has ended, in case that something follows. */
const afterEndMs = 2_000;

/** Looks at rows while they change: one cheap look at all that are watched. */
export class Watch<Row extends { readonly id: string; readonly isEnded: boolean }> {
  readonly #rows = new Map<string, Row>();
  /** Until when; what is not watched any more is seen as it was. */
  readonly #watched = new Map<string, number>();
  readonly #stopped = new AbortController();
  readonly #looking: Promise<void>;

  constructor(
    private readonly pool: pg.Pool,
    private readonly statement: { readonly name: string; readonly text: string },
    private readonly intervalMs = 15,
  ) {
    this.#looking = this.#lookOn();
  }

  watch(id: string): void {
    this.#watched.set(id, Number.POSITIVE_INFINITY);
  }

  row(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** @throws TimeLimitError when no look finds the row so within the limit */
  waitFor(id: string, holds: (row: Row) => boolean, limitMs: number): Promise<Row> {
    this.watch(id);
    const look = () => {
      const row = this.row(id);
      return row !== undefined && holds(row) && row;
    };
    const what = `${id} (${this.statement.name})`;
    return waitFor(look, { what, limitMs, intervalMs: this.intervalMs });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #lookOn(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      // A database that is away is looked at again.
      if (this.#watched.size > 0) await this.#look().catch(() => undefined);
      await sleep(this.intervalMs);
    }
  }

  async #look(): Promise<void> {
    const values = [[...this.#watched.keys()]];
    const { rows } = await this.pool.query<Row>({ ...this.statement, values });
    for (const row of rows) {
      this.#rows.set(row.id, row);
      const untilMs = this.#watched.get(row.id) ?? 0;
      if (Date.now() > untilMs) this.#watched.delete(row.id);
      else if (row.isEnded && untilMs === Number.POSITIVE_INFINITY) {
        this.#watched.set(row.id, Date.now() + afterEndMs);
      }
    }
  }
}

const ends = `('${endStatuses.join("', '")}')`;

export interface OrderRow {
  readonly id: string;
  readonly isEnded: boolean;
  readonly status: string;
  readonly fulfillmentStatus: string;
  readonly entries: number;
}

export const watchOrders = (pool: pg.Pool): Watch<OrderRow> =>
  new Watch(pool, {
    name: 'orders',
    text: `select /* bench */ id, status, status in ${ends} as "isEnded",
      fulfillment_status as "fulfillmentStatus", last_sequence as entries
      from orders.orders where id = any($1)`,
  });

export interface Sight {
  readonly id: string;
  readonly isEnded: boolean;
  readonly facts: readonly string[];
  readonly waits: readonly string[];
}

/** Of an order `o`: open attention items, dead letters, and facts that cannot be published. */
export const waitsOfOrder = `array(
  select 'attention: ' || reason from orders.attention a
    where a.order_id = o.id and a.resolved_at is null
  union all select 'dead letter: ' || group_name || ': ' || left(error, 200) from events.quarantined p
    where p.order_id = o.id and p.state = 'dead'
  union all select 'unpublished: ' || type from events.unpublished u where u.order_id = o.id
  order by 1)`;

export const watchProgress = (pool: pg.Pool): Watch<Sight> =>
  new Watch(
    pool,
    {
      name: 'progress of orders',
      text: `select /* bench */ o.id, o.status in ${ends} as "isEnded",
        array(select type from orders.timeline t where t.order_id = o.id order by sequence) as facts,
        ${waitsOfOrder} as waits
        from orders.orders o where o.id = any($1)`,
    },
    100,
  );
