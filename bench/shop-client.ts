import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleOrder } from '../src/up/demo.js';

const answerLimitMs = 15_000;
/** How often a request that nobody took is made again. */
const mostTries = 10;

/** Cards that the stand-in provider accepts: shared ones would look busier than any real card. */
const cards = [
  'pm_card_visa',
  'pm_card_visa_debit',
  'pm_card_mastercard',
  'pm_card_amex',
  'pm_card_discover',
];

export interface PlacedOrder {
  readonly orderId: string;
  readonly sentAtMs: number;
  readonly acceptedAfterMs: number;
}

/** What differs from the README's order. */
export interface OrderChanges {
  readonly payment_method?: string;
  readonly lines?: readonly { readonly sku: string; readonly quantity: number }[];
  readonly shortage_policy?: 'ship_available' | 'wait';
}

/** What customers, staff and warehouse do, over HTTP. Every method throws at an unexpected answer. */
export class ShopClient {
  constructor(private readonly apiUrl: string) {}

  /** @param index tells customers apart, as one that ordered all of it would wait for approval */
  async placeOrder(index: number, changes: OrderChanges = {}): Promise<PlacedOrder> {
    const order = {
      ...exampleOrder,
      customer: { ...exampleOrder.customer, id: `cus_bench_${index}` },
      payment_method: cards[index % cards.length],
      ...changes,
    };
    const sentAtMs = Date.now();
    const begin = performance.now();
    const response = await this.post('/v1/orders', order);
    const acceptedAfterMs = performance.now() - begin;
    return { orderId: await idIn(response, 202), sentAtMs, acceptedAfterMs };
  }

  /** Quiet when it is too late. */
  async cancel(orderId: string): Promise<void> {
    const request = { reason: 'changed my mind' };
    expectStatus(await this.insist(`/v1/orders/${orderId}/cancel`, request), 200, 202, 409);
  }

  /** A person saw to it outside of the system. */
  async markDone(attentionId: string): Promise<void> {
    const resolution = { choice: 'mark_done', by: 'bench', note: 'the parcel is fetched back' };
    expectStatus(await this.insist(`/v1/attention/${attentionId}/resolve`, resolution), 200, 202);
  }

  async payOtherwise(orderId: string): Promise<void> {
    const request = { payment_method: cards[0] };
    expectStatus(await this.insist(`/v1/orders/${orderId}/retry-payment`, request), 200, 202);
  }

  async receiveStock(sku: string, quantity: number): Promise<void> {
    const receipt = { quantity, warehouse_id: 'wh_hamburg' };
    expectStatus(await this.insist(`/v1/stock/${sku}/receipts`, receipt), 201);
  }

  /** @returns the id of the return */
  async askForReturn(orderId: string): Promise<string> {
    const lines = exampleOrder.lines.map((line) => ({ ...line, reason: 'changed_mind' }));
    return idIn(await this.post('/v1/returns', { order_id: orderId, lines }), 202);
  }

  /** All of it came back whole. */
  async inspectReturn(returnId: string): Promise<void> {
    const lines = exampleOrder.lines.map((line) => ({ ...line, verdict: 'restock' }));
    expectStatus(await this.insist(`/v1/returns/${returnId}/inspection`, { lines }), 200, 202);
  }

  /** A busy workflow may not take a message in time: it is sent again under its key, as one should. */
  private async insist(path: string, body: object): Promise<Response> {
    const key = randomUUID();
    for (let tries = 1; ; tries += 1) {
      const response = await this.post(path, body, key);
      if (response.status !== 503 || tries === mostTries) return response;
      await delay(1_000 * Number(response.headers.get('retry-after') ?? 1));
    }
  }

  private post(path: string, body: object, key: string = randomUUID()): Promise<Response> {
    return fetch(`${this.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerLimitMs),
    });
  }
}

function expectStatus({ url, status }: Response, ...expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`${new URL(url).pathname} answered ${status}`);
}

async function idIn(response: Response, expected: number): Promise<string> {
  const body = (await response.json()) as { readonly id?: string };
  expectStatus(response, expected);
  if (body.id === undefined) throw new Error(`${new URL(response.url).pathname} gave no id`);
  return body.id;
}
