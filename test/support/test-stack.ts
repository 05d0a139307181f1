import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import { upConfig, type UpConfig } from '../../src/config.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { startStack, type Stack, type StackOptions } from '../../src/up/stack.js';
import { anOrderRequest, balance, kinds, type Ledger, type OrderView } from './placed-orders.js';
import { testDatabase } from './postgres.js';
import { waitFor } from './wait-for.js';

interface OpenItem {
  readonly id: string;
  readonly order_id: string;
  readonly reason: string;
  readonly subject: string;
  readonly choices: readonly string[];
}

interface TestStackOptions extends Partial<StackOptions> {
  /** `own`: a Postgres and a Temporal of its own, which a test may kill. Default: those of the run. */
  readonly stores?: 'own' | 'shared';
}

interface Opened {
  readonly processes: Stack;
  readonly connection: Connection;
  readonly temporal: Client;
  readonly stateDir: string;
  readonly dropStores: () => Promise<unknown>;
}

/** All roles as real processes on free ports, with their data in a place of their own. */
export class TestStack {
  readonly output: string[] = [];
  private opened: Opened | undefined;

  constructor(private readonly options: TestStackOptions = {}) {}

  static async start(options: TestStackOptions = {}): Promise<TestStack> {
    const stack = new TestStack(options);
    await stack.start();
    return stack;
  }

  async start(): Promise<void> {
    const { stores = 'shared', extraEnv, ...options } = this.options;
    const stateDir = await mkdtemp(join(tmpdir(), 'durable-orders-stack-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(stateDir, 0o755);
    const { config, drop } = stores === 'own' ? ownStores() : await sharedStores();
    const processes = await startStack({
      stateDir,
      config,
      ports: 'free',
      print: (line) => this.output.push(line),
      // Only tests of choreographed orders need the services.
      roles: ['sandbox', 'worker', 'relay', 'api'],
      ...options,
      extraEnv: { sandbox: { SANDBOX_TRACKING_PACE_MS: '200' }, ...extraEnv },
    });
    const connection = Connection.lazy({ address: processes.urls['temporal']! });
    const temporal = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
    this.opened = { processes, connection, temporal, stateDir, dropStores: drop };
  }

  async stop(): Promise<void> {
    if (this.opened === undefined) return;
    const { processes, connection, stateDir, dropStores } = this.opened;
    await connection.close();
    await processes.stop();
    await dropStores();
    await rm(stateDir, { recursive: true, force: true });
  }

  get processes(): Stack {
    return this.open.processes;
  }

  get temporal(): Client {
    return this.open.temporal;
  }

  /** Accepts a 202 after as many tries as it takes, always under one key, as a good client would. */
  async placeOrder(changes: object = {}, headers: Record<string, string> = {}): Promise<OrderView> {
    const body = { ...anOrderRequest, ...changes };
    const allHeaders = { 'idempotency-key': randomUUID(), ...headers };
    const place = async () => {
      const response = await this.post('/v1/orders', body, allHeaders);
      expect(response.status, await response.clone().text()).toBe(202);
      return (await response.json()) as OrderView;
    };
    return waitFor('an accepted order', place, 30_000);
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(`${this.url('api')}${path}`, 'POST', body, headers);
  }

  order(id: string): Promise<OrderView> {
    return this.get<OrderView>('api', `/v1/orders/${id}`);
  }

  async facts(id: string): Promise<string[]> {
    const list = await this.get<{ data: { type: string; sequence: number }[] }>(
      'api',
      `/v1/orders/${id}/timeline`,
    );
    expect(list.data.map((fact) => fact.sequence)).toEqual(list.data.map((_, index) => index + 1));
    return list.data.map((fact) => fact.type);
  }

  ledger(id: string): Promise<Ledger> {
    return this.get<Ledger>('sandbox', `/control/ledger?order_id=${id}`);
  }

  async fault(fault: object): Promise<void> {
    await this.control('POST', 'faults', fault);
  }

  /** A scan by hand, as the carrier would make it. */
  async scan(trackingNumber: string, status: string): Promise<void> {
    await this.control('POST', `carrier/${trackingNumber}/events`, { status });
  }

  async noFaults(): Promise<void> {
    await this.control('DELETE', 'faults');
  }

  waitForStatus(id: string, status: string, limitMs = 60_000): Promise<OrderView> {
    const look = async () => {
      const order = await this.order(id);
      expect(order.status).toBe(status);
      return order;
    };
    return waitFor(`order ${id} to be ${status}`, look, limitMs);
  }

  waitForFact(id: string, type: string, limitMs = 30_000): Promise<void> {
    const look = async () => {
      expect(await this.facts(id)).toContain(type);
    };
    return waitFor(`${type} of order ${id}`, look, limitMs);
  }

  waitForPayment(id: string, kind: string): Promise<void> {
    return waitFor(`a ${kind} in the ledger of order ${id}`, async () => {
      expect(kinds((await this.ledger(id)).payments)).toContain(kind);
    });
  }

  /** What is still set aside for the order. */
  held(id: string): Promise<number> {
    return this.sum(
      `select sum(quantity) from inventory.hold_lines where hold_id = $1 and state = 'held'`,
      id,
    );
  }

  points(id: string): Promise<number> {
    return this.sum('select sum(points) from loyalty.ledger where order_id = $1', id);
  }

  /** The order's attention items that are open. */
  async openItems(id: string): Promise<readonly OpenItem[]> {
    const items = await this.get<{ data: readonly OpenItem[] }>('api', '/v1/attention?limit=100');
    return items.data.filter(({ order_id }) => order_id === id);
  }

  cancel(id: string): Promise<Response> {
    return this.post(`/v1/orders/${id}/cancel`, { reason: 'changed my mind' });
  }

  /** Expects that the order keeps no money, label, stock or points. */
  async expectNothingLeft(id: string): Promise<Ledger> {
    const ledger = await this.ledger(id);
    const labels = kinds(ledger.labels);
    expect(balance(ledger)).toBe(0);
    expect(labels.filter((kind) => kind === 'buy')).toHaveLength(
      labels.filter((kind) => kind === 'void').length,
    );
    expect(await this.held(id)).toBe(0);
    expect(await this.points(id)).toBe(0);
    return ledger;
  }

  url(part: string): string {
    const url = this.processes.urls[part];
    if (url === undefined) throw new Error(`The stack has no ${part}`);
    return url;
  }

  /** What a part answers to a GET, which has to succeed. */
  async get<Body>(part: string, path: string): Promise<Body> {
    const response = await this.request(`${this.url(part)}${path}`, 'GET');
    expect(response.status).toBe(200);
    return (await response.json()) as Body;
  }

  private async control(method: string, path: string, body?: object): Promise<void> {
    const url = `${this.url('sandbox')}/control/${path}`;
    expect((await this.request(url, method, body)).ok).toBe(true);
  }

  private request(
    url: string,
    method: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  }

  private sum(query: string, id: string): Promise<number> {
    return withClient(this.url('database'), async (client) => {
      const { rows } = await client.query<{ sum: string | null }>(query, [id]);
      return Number(rows[0]?.sum ?? 0);
    });
  }

  private get open(): Opened {
    if (this.opened === undefined) throw new Error('The stack is not started');
    return this.opened;
  }
}

/**
 * A stack that runs while the tests of a file do, without faults at the start of each test. Tests that
 * run side by side must set faults for their own order only.
 */
export function useTestStack(options: TestStackOptions = {}): TestStack {
  const stack = new TestStack(options);
  beforeAll(() => stack.start());
  beforeEach(({ task }) => (task.concurrent === true ? undefined : stack.noFaults()));
  afterAll(() => stack.stop());
  return stack;
}

const ownStores = () => ({
  config: { ...upConfig(), DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined },
  drop: () => Promise.resolve(),
});

/** Two databases and a namespace in the run's Postgres and Temporal: a start takes no more than its roles. */
async function sharedStores(): Promise<{ config: UpConfig; drop: () => Promise<unknown> }> {
  const address = inject('temporalAddress');
  const namespace = `stack-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  const [orders, sandbox] = await Promise.all([
    testDatabase({ migrated: true }),
    testDatabase({ migrated: false }),
    connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 } as object,
    }),
  ]);
  await connection.close();
  return {
    config: {
      ...upConfig(),
      DATABASE_URL: orders.url,
      SANDBOX_DATABASE_URL: sandbox.url,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    },
    drop: () => Promise.all([orders.drop(), sandbox.drop()]),
  };
}
