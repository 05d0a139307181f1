import { heartbeat } from '@temporalio/activity';
import type { Difference, Findings, OrderAccount } from '../../domain/ledgers.js';
import type { AttentionReason } from '../../domain/attention.js';
import { attentionItem } from '../../domain/attention-item.js';
import type { Fact } from '../../domain/facts.js';
import type { OrderId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import type { Journal } from '../ports.js';
import type { Ledgers, Period } from '../reconciliation-ports.js';

/** A page of a comparison. */
export interface ComparedPage extends Findings {
  /** Where the next page begins; absent when there is none. */
  readonly next?: string;
}

const nothingFound: Findings = { lookedAt: 0, agreed: 0, differences: [] };

/** What was found about one thing: it agrees when nothing was. */
export const findingsOf = (differences: readonly Difference[]): Findings => ({
  lookedAt: 1,
  agreed: differences.length === 0 ? 1 : 0,
  differences,
});

export const addFindings = (all: readonly Findings[]): Findings =>
  all.reduce(
    (sum, one) => ({
      lookedAt: sum.lookedAt + one.lookedAt,
      agreed: sum.agreed + one.agreed,
      differences: [...sum.differences, ...one.differences],
    }),
    nothingFound,
  );

export interface Raised {
  readonly orderId: OrderId;
  readonly reason: AttentionReason;
  readonly subject: string;
  /** The same key raises one item, also after a person has resolved it. */
  readonly key: string;
  readonly exposure?: Money | undefined;
}

/** Makes a difference work for a person, on the order's timeline, once. */
export async function raise(journal: Journal, item: Raised): Promise<void> {
  const { orderId, reason, subject, key, exposure } = item;
  await journal.append({
    orderId,
    key: `reconciliation:${key}`,
    facts: [attentionItem(crypto.randomUUID(), { reason, subject, exposure })],
  });
}

/** A difference about an order of ours, before anything was done about it. */
type OwnDifference = Omit<Difference, 'outcome' | 'orderId'> & { readonly orderId: OrderId };

/** A difference that was fixed here: the timeline says so, once for its key. */
export async function recordFix(
  journal: Journal,
  found: OwnDifference,
  key: string,
  fact: Fact,
): Promise<Difference> {
  await journal.append({ orderId: found.orderId, key: `reconciliation:${key}`, facts: [fact] });
  return { ...found, outcome: 'auto_fixed' };
}

/** A difference between ledgers that only a person can fix. */
export async function raiseDifference(
  journal: Journal,
  difference: OwnDifference,
): Promise<Difference> {
  const { orderId, subject, exposure } = difference;
  await raise(journal, { orderId, reason: 'books_differ', subject, key: subject, exposure });
  return { ...difference, outcome: 'raised' };
}

/** Outside calls that run at the same time: few, so that orders at work are not held up. */
const sideBySide = 5;

/** Does the same for each item, some at a time, and keeps the order of the answers. */
export async function forEach<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += sideBySide) {
    answers.push(...(await Promise.all(items.slice(start, start + sideBySide).map(work))));
  }
  return answers;
}

const pageSize = 100;

/** A provider's list is read as far back as this at the most, as when there was no run before. */
const listedAtMostMs = 7 * 24 * 60 * 60_000;

export const listedSince = ({ since, until }: Period): Date =>
  new Date(Math.max(Date.parse(since), Date.parse(until) - listedAtMostMs));

/** Compares one page of the orders that were touched in the period. */
export async function compareTouched(
  ledgers: Ledgers,
  period: Period,
  limit: number,
  compare: (orders: readonly OrderAccount[]) => Promise<Findings>,
): Promise<ComparedPage> {
  const { items, next } = await ledgers.touchedAccounts(period, limit);
  return { ...(await compare(items)), ...(next !== undefined && { next }) };
}

/** Adds up what the comparison finds in each page of a list. */
export async function compareList<Item>(
  items: AsyncIterable<Item>,
  compare: (page: readonly Item[]) => Promise<Findings>,
): Promise<Findings> {
  let findings = nothingFound;
  for await (const page of inPages(items)) {
    findings = addFindings([findings, await compare(page)]);
  }
  return findings;
}

/**
 * The items of a list in groups, each small enough for one statement. Each group is a heartbeat: a
 * list can be of any length, so that only a list without progress is a sign of a dead worker.
 */
async function* inPages<Item>(items: AsyncIterable<Item>): AsyncIterable<readonly Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < pageSize) continue;
    yield page;
    heartbeat();
    page = [];
  }
  if (page.length > 0) yield page;
}
