import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { upConfig } from '../../src/config.js';
import type { StackOptions } from '../../src/up/stack.js';
import { startStack, type Stack } from '../../src/up/stack.js';
import { waitFor } from './wait-for.js';

export interface OrderView {
  readonly id: string;
  readonly status: string;
  readonly stage: string;
  readonly payment_status: string;
  readonly fulfillment_status: string;
  readonly needs_attention: boolean;
  readonly shipments: readonly { readonly tracking_number: string }[];
}

export interface Ledger {
  readonly payments: readonly { readonly kind: string; readonly amount: number }[];
  readonly labels: readonly { readonly kind: string }[];
  readonly messages: readonly { readonly template: string; readonly to: string }[];
}

/** Everything as real processes on free ports, in a folder of its own, and hands to work with it. */
export class RunningStack {
  private constructor(
    readonly stack: Stack,
    private readonly stateDir: string,
    readonly output: string[],
  ) {}

  static async start(options: Partial<StackOptions> = {}): Promise<RunningStack> {
    const stateDir = await mkdtemp(join(tmpdir(), 'durable-orders-stack-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(stateDir, 0o755);
    const output: string[] = [];
    const stack = await startStack({
      stateDir,
      ports: 'free',
      temporal: 'file',
      config: { ...upConfig(), DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined },
      print: (line) => output.push(line),
      // The services of choreographed orders are for the tests that place some.
      roles: ['sandbox', 'worker', 'relay', 'api'],
      ...options,
      extraEnv: { sandbox: { SANDBOX_TRACKING_PACE_MS: '200' }, ...options.extraEnv },
    });
    return new RunningStack(stack, stateDir, output);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  /** Accepts a 202 after as many tries as it takes, always under one key, as a good client would. */
  async placeOrder(changes: object = {}, headers: Record<string, string> = {}): Promise<OrderView> {
    const key = randomUUID();
    const body = { ...anOrderRequest, ...changes };
    return waitFor(
      'an accepted order',
      async () => {
        const response = await this.post('/v1/orders', body, {
          'idempotency-key': key,
          ...headers,
        });
        expect(response.status, await response.clone().text()).toBe(202);
        return (await response.json()) as OrderView;
      },
      30_000,
    );
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url('api')}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
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
    const response = await fetch(`${this.url('sandbox')}/control/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.ok).toBe(true);
  }

  /** A scan by hand, as the carrier would make it. */
  async scan(trackingNumber: string, status: string): Promise<void> {
    const response = await fetch(
      `${this.url('sandbox')}/control/carrier/${trackingNumber}/events`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ status }),
        signal: AbortSignal.timeout(5_000),
      },
    );
    expect(response.ok).toBe(true);
  }

  async noFaults(): Promise<void> {
    await fetch(`${this.url('sandbox')}/control/faults`, { method: 'DELETE' });
  }

  waitForStatus(id: string, status: string, limitMs = 60_000): Promise<OrderView> {
    return waitFor(
      `order ${id} to be ${status}`,
      async () => {
        const order = await this.order(id);
        expect(order.status).toBe(status);
        return order;
      },
      limitMs,
    );
  }

  waitForFact(id: string, type: string, limitMs = 30_000): Promise<void> {
    return waitFor(
      `${type} of order ${id}`,
      async () => {
        expect(await this.facts(id)).toContain(type);
      },
      limitMs,
    );
  }

  waitForPayment(id: string, kind: string): Promise<void> {
    return waitFor(`a ${kind} in the ledger of order ${id}`, async () => {
      expect(kinds((await this.ledger(id)).payments)).toContain(kind);
    });
  }

  url(part: string): string {
    const url = this.stack.urls[part];
    if (url === undefined) throw new Error(`The stack has no ${part}`);
    return url;
  }

  /** What a part answers to a GET, which has to succeed. */
  async get<Body>(part: string, path: string): Promise<Body> {
    const response = await fetch(`${this.url(part)}${path}`, {
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Body;
  }
}

export const anOrderRequest = {
  customer: { id: 'cus_42', name: 'Ada Example', email: 'ada@example.com', member: true },
  shipping_address: {
    name: 'Ada Example',
    line1: '1 Main Street',
    city: 'Berlin',
    postal_code: '10115',
    country: 'DE',
  },
  lines: [{ sku: 'TEA-100', quantity: 2 }],
  currency: 'EUR',
  payment_method: 'pm_card_visa',
};

export const kinds = (entries: readonly { readonly kind: string }[]): string[] =>
  entries.map((entry) => entry.kind);
