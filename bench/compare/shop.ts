import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ServiceLevelName } from '../../src/domain/service-level.js';
import { exampleOrder } from '../../src/up/demo.js';
import { postJson, type Answer } from '../../src/up/json-client.js';
import type { Arm } from './arms.js';
import type { OrderPlan } from './schedule/plans.js';

const againMs = 250;
/** So long a request is made again that nobody took. */
const patienceMs = 40_000;

const placedOrder = z.object({
  id: z.string(),
  totals: z.object({ total: z.object({ amount: z.number() }) }),
});

export interface Placed {
  readonly orderId: string;
  readonly totalMinor: number;
  /** When the first request went out, by the clock that the database has as well. */
  readonly sentAtMs: number;
}

/** What buyers do, over HTTP, each request under its key until it is taken. */
export class Shop {
  constructor(
    private readonly apiUrl: string,
    private readonly coordination: Arm['coordination'],
    private readonly serviceLevel: ServiceLevelName = 'demo',
  ) {}

  /** @throws Error when it is refused, or nobody takes it */
  async place(plan: OrderPlan): Promise<Placed> {
    const sentAtMs = Date.now();
    const { status, body } = await this.#insist(
      '/v1/orders',
      this.#requestOf(plan),
      `compare ${plan.customerId}`,
    );
    if (status !== 202) throw new Error(`An order was answered ${status}: ${JSON.stringify(body)}`);
    const { id, totals } = placedOrder.parse(body);
    return { orderId: id, totalMinor: totals.total.amount, sentAtMs };
  }

  /** @returns the last answer's status; 200 says that it is cancelled, 409 that it is too late */
  async cancel(orderId: string): Promise<number> {
    const request = { reason: 'changed my mind' };
    const { status } = await this.#insist(`/v1/orders/${orderId}/cancel`, request, orderId);
    return status;
  }

  #requestOf({ customerId, isMember, lines, paymentMethod, city }: OrderPlan): object {
    return {
      ...exampleOrder,
      customer: { ...exampleOrder.customer, id: customerId, member: isMember },
      shipping_address: { ...exampleOrder.shipping_address, city },
      lines,
      payment_method: paymentMethod,
      service_level: this.serviceLevel,
      coordination: this.coordination,
    };
  }

  async #insist(path: string, body: object, key: string): Promise<Answer> {
    const endMs = Date.now() + patienceMs;
    for (;;) {
      const tried = await attempt(`${this.apiUrl}${path}`, body, key);
      if ('answer' in tried && isFinal(tried.answer)) return tried.answer;
      if (Date.now() > endMs) throw new Error(`Nobody took ${path}`, { cause: tried });
      await sleep(againMs);
    }
  }
}

type Try = { readonly answer: Answer } | { readonly failure: unknown };

const attempt = (url: string, body: object, key: string): Promise<Try> =>
  postJson(url, body, { 'idempotency-key': key }).then(
    (answer) => ({ answer }),
    (failure: unknown) => ({ failure }),
  );

const keyInUse = z.object({ code: z.literal('idempotency_key_in_use') });

const isFinal = ({ status, body }: Answer): boolean =>
  status < 500 && !keyInUse.safeParse(body).success;
