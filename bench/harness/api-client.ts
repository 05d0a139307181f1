import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { exampleOrder } from '../../src/up/demo.js';
import { bodyOf, postJson, type Answer } from '../../src/up/json-client.js';
import { waitFor } from '../../src/runtime/deadline.js';

const againMs = 250;
/** A request that nobody took is made again for so long. */
const takenLimitMs = 40_000;

export interface Placed {
  readonly orderId: string;
  readonly totalMinor: number;
  /** When the first request went out, by the clock that the database has as well. */
  readonly sentAtMs: number;
  readonly acceptedAfterMs: number;
}

const placedOrder = z.object({
  id: z.string(),
  totals: z.object({ total: z.object({ amount: z.number() }) }),
});

const keyInUse = z.object({ code: z.literal('idempotency_key_in_use') });

/** What buyers, staff and warehouses do, over HTTP, each request under its key until it is taken. */
export class ApiClient {
  /** @param manner what every order asks for beside its goods */
  constructor(
    private readonly apiUrl: string,
    private readonly manner: object = {},
  ) {}

  /** @throws Error when the order is refused, or nobody takes it */
  async place(
    buyer: { readonly id: string; readonly member?: boolean },
    changes: object,
    key: string = randomUUID(),
  ): Promise<Placed> {
    const customer = { ...exampleOrder.customer, ...buyer };
    const sentAtMs = Date.now();
    const begin = performance.now();
    const order = { ...exampleOrder, customer, ...this.manner, ...changes };
    const answer = await this.post('/v1/orders', order, key);
    const acceptedAfterMs = performance.now() - begin;
    const { id, totals } = placedOrder.parse(bodyOf(answer));
    return { orderId: id, totalMinor: totals.total.amount, sentAtMs, acceptedAfterMs };
  }

  /** @returns the last answer's status; 200 says that it is cancelled, 409 that it is too late */
  async cancel(orderId: string): Promise<number> {
    const request = { reason: 'changed my mind' };
    return (await this.post(`/v1/orders/${orderId}/cancel`, request, orderId)).status;
  }

  async command(path: string, body: object): Promise<unknown> {
    return bodyOf(await this.post(path, body));
  }

  private post(path: string, body: object, key: string = randomUUID()): Promise<Answer> {
    return waitFor(
      async () => {
        const request = postJson(`${this.apiUrl}${path}`, body, { 'idempotency-key': key });
        const answer = await request.catch(() => undefined);
        return answer !== undefined && isTaken(answer) && answer;
      },
      { what: `${path} to be taken`, limitMs: takenLimitMs, intervalMs: againMs },
    );
  }
}

const isTaken = ({ status, body }: Answer): boolean =>
  status < 500 && !keyInUse.safeParse(body).success;
