import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { exampleOrder } from '../../src/up/demo.js';
import { bodyOf, deleteAt, getJson, postJson, type Answer } from '../../src/up/json-client.js';
import { PlacedOrder } from './placed-order.js';
import type { OrderChanges } from '../described.js';

export interface StackClientOptions {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

const identified = z.object({ id: z.string() });
const stockAnswer = z.object({ data: z.array(z.object({ sku: z.string(), free: z.number() })) });
const pointsAnswer = z.object({ balance: z.number() });

/** The running stack as an example uses it: its API, its sandbox, and what has to be cleaned up. */
export class StackClient {
  readonly orders: PlacedOrder[] = [];
  /** A new customer for each run, so that earlier runs do not count. */
  private readonly customerId = `cus_example_${randomUUID().slice(0, 8)}`;
  private readonly faultIds: string[] = [];

  constructor(readonly options: StackClientOptions) {}

  /** @param facts what to wait for in the timeline, once each */
  async place(changes: OrderChanges, facts: readonly string[]): Promise<PlacedOrder> {
    const customer = { ...exampleOrder.customer, id: this.customerId };
    this.say(`POST /v1/orders ${JSON.stringify(changes)}`);
    const order = { ...exampleOrder, customer, ...changes };
    const answer = await this.postKeyed('/v1/orders', order);
    const placed = this.follow(identified.parse(bodyOf(answer)).id);
    for (const fact of facts) await placed.fact(fact);
    return placed;
  }

  /** An order that this client did not place itself. */
  follow(orderId: string): PlacedOrder {
    const order = new PlacedOrder(this, orderId);
    this.orders.push(order);
    return order;
  }

  async receive(sku: string, quantity: number): Promise<void> {
    const path = `/v1/stock/${sku}/receipts`;
    const body = { quantity, warehouse_id: 'wh_hamburg' };
    this.say(`POST ${path} ${JSON.stringify(body)}`);
    bodyOf(await this.postKeyed(path, body));
  }

  /** How many of a SKU an order can have now. */
  async freeStock(sku: string): Promise<number> {
    const { data } = stockAnswer.parse(await getJson(`${this.options.apiUrl}/v1/stock?limit=100`));
    return data.find((item) => item.sku === sku)?.free ?? 0;
  }

  async points(): Promise<number> {
    const path = `/v1/members/${this.customerId}/points`;
    const { balance } = pointsAnswer.parse(await getJson(`${this.options.apiUrl}${path}`));
    this.say(`GET ${path}: a balance of ${balance}`);
    return balance;
  }

  post(path: string, body: object): Promise<Answer> {
    return postJson(`${this.options.apiUrl}${path}`, body);
  }

  postKeyed(path: string, body: object): Promise<Answer> {
    return postJson(`${this.options.apiUrl}${path}`, body, { 'idempotency-key': randomUUID() });
  }

  /** Plays the carrier, the bank or the cardholder. */
  async control(path: string, body: object): Promise<unknown> {
    this.say(`POST sandbox /control${path} ${JSON.stringify(body)}`);
    return bodyOf(await postJson(`${this.options.sandboxUrl}/control${path}`, body));
  }

  /** Makes a provider fail, until the example ends at the latest. */
  async fault(fault: object): Promise<void> {
    this.faultIds.push(identified.parse(await this.control('/faults', fault)).id);
  }

  say(what: string): void {
    this.options.print(`  > ${what}`);
  }

  /** Leaves no fault and no order under way. */
  async cleanUp(): Promise<void> {
    for (const id of this.faultIds.splice(0)) {
      await deleteAt(`${this.options.sandboxUrl}/control/faults/${id}`);
    }
    for (const order of this.orders) await order.abandon();
  }
}
