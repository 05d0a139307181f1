import { z } from 'zod';
import { currencies, formatMoney } from '../../src/domain/money.js';
import { isEnded } from '../../src/domain/order-state.js';
import { bodyOf, getJson, type Answer } from '../../src/up/json-client.js';
import { TimeLimitError, waitFor } from '../../src/runtime/deadline.js';
import { timeOf, Timeline, type TimelineFact } from '../../src/up/timeline.js';
import { differences, isAsDescribed, type Expected, type Standing } from './expectation.js';
import { labelOf } from './labels.js';
import type { StackClient } from './stack-client.js';

const orderAnswer = z.object({
  status: z.string(),
  payment_status: z.string(),
  fulfillment_status: z.string(),
  shipments: z.array(z.object({ tracking_number: z.string().nullable() })),
  attention: z.array(z.object({ id: z.string(), reason: z.string() })),
  links: z.object({ temporal: z.string().optional() }),
});
export type OrderView = z.infer<typeof orderAnswer>;

const ledgerAnswer = z.object({
  payments: z.array(
    z.object({ kind: z.string(), amount: z.number(), currency: z.enum(currencies) }),
  ),
});
const inboxAnswer = z.object({ data: z.array(z.object({ text: z.string().nullable() })) });
const problemAnswer = z.object({ code: z.string() });

/** Enough for any effect of a request, also on a busy machine. */
const soonMs = 30_000;
const notNow = ['order_in_wrong_state', 'return_in_wrong_state'];

/** One order of an example: its messages, its timeline and its records. */
export class PlacedOrder {
  readonly timeline: Timeline;

  constructor(
    readonly stack: StackClient,
    readonly id: string,
  ) {
    this.timeline = new Timeline(`${stack.options.apiUrl}${this.path}`, (fact) => {
      stack.options.print(`    ${timeOf(fact)}  ${labelOf(fact)}`);
    });
  }

  /** What has happened, a line for each fact. */
  get labels(): readonly string[] {
    return this.timeline.facts.map(labelOf);
  }

  /** Waits for a fact of this type. @param count which one of them */
  fact(type: string, count = 1, limitMs = soonMs): Promise<TimelineFact> {
    const find = (facts: readonly TimelineFact[]) =>
      facts.filter((fact) => fact.type === type)[count - 1];
    return this.timeline.waitFor(
      find,
      this.limit(`${type} in the timeline of ${this.id}`, limitMs),
    );
  }

  /** Sends a message to the order itself, such as `approve`. */
  send(action: string, body: object): Promise<unknown> {
    return this.ask(`${this.path}/${action}`, body);
  }

  async ask(path: string, body: object): Promise<unknown> {
    this.stack.say(`POST ${path.replace(this.id, 'ord_…')} ${JSON.stringify(body)}`);
    return bodyOf(await this.answerInTime(path, body));
  }

  /** Repeats a request until its time has come: an order may show what it waits for a moment early. */
  private answerInTime(path: string, body: object, early = notNow): Promise<Answer> {
    return waitFor(
      async () => {
        const given = await this.stack.post(path, body);
        return isRefused(given, early) ? undefined : given;
      },
      this.limit(`${path} to be accepted`),
    );
  }

  /** @throws Error when the order does not refuse it with this code */
  async expectRefusal(action: string, body: object, code: string): Promise<void> {
    const early = notNow.filter((other) => other !== code);
    const answer = await this.answerInTime(`${this.path}/${action}`, body, early);
    this.stack.say(`POST /v1/orders/ord_…/${action} ${JSON.stringify(body)}: ${answer.status}`);
    if (!isRefused(answer, [code])) {
      throw new Error(`${action} was not refused with ${code}: ${JSON.stringify(answer.body)}`);
    }
  }

  /** The newest one-time code in the sandbox's inbox. */
  async code(): Promise<string> {
    const url = `${this.stack.options.sandboxUrl}/inbox.json?order_id=${this.id}`;
    const find = async () => {
      const { data } = inboxAnswer.parse(await getJson(url));
      return data.flatMap(({ text }) => /\b\d{6}\b/.exec(text ?? '') ?? []).at(0);
    };
    return waitFor(find, this.limit('a code in the inbox'));
  }

  /** Makes a provider fail for this order, until the example ends at the latest. */
  fault(service: string, operation: string, kind: string, more: object = {}): Promise<void> {
    return this.stack.fault({ service, operation, kind, order_id: this.id, ...more });
  }

  /** Plays the carrier with one of the parcels. @param index counted from 0, in the order of purchase */
  async scan(status: string, index = 0): Promise<void> {
    const { shipments } = await this.view();
    const number = shipments[index]?.tracking_number;
    if (number === undefined || number === null)
      throw new Error(`${this.id} has no parcel ${index}`);
    await this.stack.control(`/carrier/${number}/events`, { status });
  }

  /** A person resolves the open item. */
  async resolve(reason: string, choice: string): Promise<void> {
    const item = await this.timeline.waitFor(
      async () => (await this.view()).attention.find((open) => open.reason === reason),
      this.limit(`an open item ${reason}`),
    );
    const body = { choice, by: 'ops-7', note: 'as the example says' };
    await this.ask(`/v1/attention/${item.id}/resolve`, body);
  }

  async view(): Promise<OrderView> {
    return orderAnswer.parse(await getJson(`${this.stack.options.apiUrl}${this.path}`));
  }

  /** Waits until everything is as described. @returns what is not, when the limit has passed */
  async compareWith(expected: Expected, limitMs: number): Promise<readonly string[]> {
    const isThere = async () => (await this.deviations(expected)).length === 0;
    try {
      await this.timeline.waitFor(isThere, this.limit('the order to end as described', limitMs));
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
    }
    return this.deviations(expected);
  }

  /** The row of a choreographed order follows its timeline, so both are looked at. */
  private async deviations(expected: Expected): Promise<readonly string[]> {
    const { labels } = this;
    if (!isAsDescribed(labels, expected)) return differences(labels, expected);
    return standingDifferences(await this.view(), expected);
  }

  /** The payment provider's ledger of this order. */
  async payments(): Promise<readonly string[]> {
    const url = `${this.stack.options.sandboxUrl}/control/ledger?order_id=${this.id}`;
    return ledgerAnswer
      .parse(await getJson(url))
      .payments.map(
        ({ kind, amount, currency }) => `${kind} ${formatMoney({ amountMinor: amount, currency })}`,
      );
  }

  /** Cancels it when it has not ended; where that is too late, it ends by itself. */
  async abandon(): Promise<void> {
    const { status } = await this.view();
    if (isEnded({ status })) return;
    const body = { reason: 'the example has ended', requested_by: 'example' };
    await this.stack.post(`${this.path}/cancel`, body);
  }

  private limit(what: string, limitMs = soonMs) {
    return { what, limitMs, signal: this.stack.options.signal };
  }

  private get path(): string {
    return `/v1/orders/${this.id}`;
  }
}

function isRefused({ status, body }: Answer, codes: readonly string[]): boolean {
  const problem = problemAnswer.safeParse(body);
  return status >= 400 && status < 500 && problem.success && codes.includes(problem.data.code);
}

const standingMembers = ['status', 'payment_status', 'fulfillment_status'] as const;

const standingDifferences = (view: OrderView, expected: Standing): readonly string[] =>
  standingMembers
    .filter((member) => view[member] !== expected[member])
    .map((member) => `${member} is ${view[member]}, not ${expected[member]}`);
