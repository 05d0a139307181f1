import { z } from 'zod';
import { currencies, formatMoney } from '../../src/domain/money.js';
import { getJson } from '../../src/up/json-client.js';
import { waitFor } from '../../src/runtime/deadline.js';

/** One fact as the API shows it; its other members depend on its type. */
const timelineFact = z.looseObject({
  sequence: z.number(),
  type: z.string(),
  at: z.string(),
});
export type TimelineFact = z.infer<typeof timelineFact>;

const moneyAnswer = z.object({ amount: z.number(), currency: z.enum(currencies) });

/** The members that tell facts of one type apart. */
const distinguishing: Readonly<Record<string, readonly string[]>> = {
  'order.placed': ['total'],
  'approval.requested': ['reasons'],
  'order.approved': ['by'],
  'approval.refused': ['by'],
  'code.sent': ['channel'],
  'code.refused': ['why'],
  'shortage.decided': ['decision'],
  'order.reduced': ['total'],
  'order.repriced': ['total'],
  'payment.authorized': ['amount'],
  'payment.declined': ['code'],
  'payment.captured': ['amount'],
  'payment.refunded': ['amount'],
  'payment.remainder_released': ['amount'],
  'payment.disputed': ['amount'],
  'shipment.refused': ['reason'],
  'shipment.abandoned': ['amount'],
  'shipment.scanned': ['status'],
  'mail.sent': ['template'],
  'delivery_partner.offered': ['partner_id'],
  'delivery_partner.declined': ['partner_id', 'why'],
  'delivery_partner.assigned': ['partner_id'],
  'points.awarded': ['points'],
  'points.revoked': ['points'],
  'attention.raised': ['reason'],
  'attention.resolved': ['reason', 'choice'],
  'return.approved': ['by'],
  'compensation.started': ['cause'],
  'undo.settled': ['undo', 'result'],
  'order.cancel_requested': ['by'],
  'order.cancel_refused': ['reason'],
  'order.cancelled': ['by'],
  'order.rejected': ['reason'],
  'order.failed': ['step'],
};

/** A fact in one line: its type, and what tells it apart from others of its type. */
export function labelOf(fact: TimelineFact): string {
  const members = distinguishing[fact.type] ?? [];
  const values = members.flatMap((name) => textOf(fact[name]));
  return [fact.type, ...values].join(' ');
}

function textOf(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return [value.join(', ')];
  const amount = moneyAnswer.safeParse(value);
  if (!amount.success) return [];
  return [formatMoney({ amountMinor: amount.data.amount, currency: amount.data.currency })];
}

const timelineAnswer = z.object({ data: z.array(timelineFact) });
const mostFacts = 1_000;
const pollMs = 100;

export interface TimelineOptions {
  readonly url: string;
  /** Called once per fact, in the order of the timeline. */
  readonly onFact: (fact: TimelineFact) => void;
  readonly signal: AbortSignal;
}

/** An order's timeline as it is seen from outside. */
export class Timeline {
  private facts: readonly TimelineFact[] = [];

  constructor(private readonly options: TimelineOptions) {}

  get labels(): readonly string[] {
    return this.facts.map(labelOf);
  }

  async read(): Promise<readonly TimelineFact[]> {
    const url = `${this.options.url}?limit=${mostFacts}`;
    const { data } = timelineAnswer.parse(await getJson(url));
    data.slice(this.facts.length).forEach(this.options.onFact);
    this.facts = data;
    return data;
  }

  /**
   * Reads the timeline until `find` finds something.
   * @throws TimeLimitError when limitMs has passed
   */
  async waitFor<Found>(
    find: (
      facts: readonly TimelineFact[],
    ) => Found | undefined | false | Promise<Found | undefined | false>,
    what: string,
    limitMs: number,
  ): Promise<Found> {
    const ask = async () => find(await this.read());
    return waitFor(ask, { what, limitMs, intervalMs: pollMs, signal: this.options.signal });
  }
}
