import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { kinds, RunningStack, type Ledger } from './running-stack.js';

/** To where a parcel never moves by itself. */
export const silentHarbor = {
  shipping_address: {
    name: 'Ada Example',
    line1: '1 Quay',
    city: 'Silent Harbor',
    postal_code: '10115',
    country: 'DE',
  },
};

/** They lie in different warehouses. */
export const inTwoParcels = {
  lines: [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'JAR-300', quantity: 1 },
  ],
  shipment_failure_policy: 'undo_order',
};

export const templates = ({ messages }: Ledger): string[] =>
  messages.map(({ template }) => template).sort();

/** What was taken and not given back. */
export const balance = ({ payments }: Ledger): number =>
  payments.reduce(
    (sum, { kind, amount }) =>
      sum + (kind === 'capture' ? amount : kind === 'refund' ? -amount : 0),
    0,
  );

interface OpenItem {
  readonly id: string;
  readonly order_id: string;
  readonly reason: string;
  readonly subject: string;
  readonly choices: readonly string[];
}

/** A running stack with both sorts of coordination, and the books that nobody's word is in. */
class CoordinationDesk {
  private opened: { readonly running: RunningStack; readonly books: pg.Client } | undefined;

  get running(): RunningStack {
    return this.open.running;
  }

  async start(maxAttempts: number): Promise<void> {
    const running = await RunningStack.start({
      roles: ['sandbox', 'worker', 'services', 'relay', 'api'],
      extraEnv: {
        services: {
          SERVICES_RETRY_CAP_MS: '1000',
          SERVICES_MAX_ATTEMPTS: String(maxAttempts),
        },
      },
    });
    const books = new pg.Client({ connectionString: running.stack.env('api')['DATABASE_URL'] });
    this.opened = { running, books };
    await books.connect();
  }

  async stop(): Promise<void> {
    await this.opened?.books.end();
    await this.opened?.running.stop();
  }

  /** What is still set aside for the order. */
  held(id: string): Promise<number> {
    return this.sumOf(
      `select sum(quantity) from inventory.hold_lines where hold_id = $1 and state = 'held'`,
      id,
    );
  }

  points(id: string): Promise<number> {
    return this.sumOf('select sum(points) from loyalty.ledger where order_id = $1', id);
  }

  /** What of the order stands in the queue of work for people. */
  async openItems(id: string): Promise<readonly OpenItem[]> {
    const { data } = await this.running.get<{ data: readonly OpenItem[] }>(
      'api',
      '/v1/attention?limit=100',
    );
    return data.filter(({ order_id }) => order_id === id);
  }

  cancel(id: string): Promise<Response> {
    return this.running.post(`/v1/orders/${id}/cancel`, { reason: 'changed my mind' });
  }

  async expectNothingLeft(id: string): Promise<Ledger> {
    const ledger = await this.running.ledger(id);
    const labels = kinds(ledger.labels);
    expect(balance(ledger)).toBe(0);
    expect(labels.filter((kind) => kind === 'buy')).toHaveLength(
      labels.filter((kind) => kind === 'void').length,
    );
    expect(await this.held(id)).toBe(0);
    expect(await this.points(id)).toBe(0);
    return ledger;
  }

  private async sumOf(query: string, id: string): Promise<number> {
    const { rows } = await this.open.books.query<{ sum: string | null }>(query, [id]);
    return Number(rows[0]?.sum ?? 0);
  }

  private get open() {
    if (this.opened === undefined) throw new Error('The desk is closed');
    return this.opened;
  }
}

/**
 * A desk that is open while the tests of a file run, and without faults at the beginning of each.
 * @param maxAttempts how often a service tries: few where a test waits for the last one
 */
export function useCoordinationDesk(maxAttempts = 40): CoordinationDesk {
  const desk = new CoordinationDesk();
  beforeAll(() => desk.start(maxAttempts));
  beforeEach(() => desk.running.noFaults());
  afterAll(() => desk.stop());
  return desk;
}
