import type { Database } from '../db/database.js';
import type { Consumer } from './consumer.js';
import { readPage, standingOf } from './page.js';
import { retryDue } from './quarantine.js';
import { orUnavailable } from './refusal.js';
import { defaultRules, type ConsumerRules } from './rules.js';
import { takePage, type Taken } from './take-page.js';

/** How many events were retried with success or read, and whether the next round should begin at once. */
export type ConsumerRound = Omit<Taken, 'position'>;

/** One round of a consumer: retries of quarantined events that are due, then the next events of the log. */
export const consumerRound = (
  database: Database,
  consumer: Consumer,
  rules: Partial<ConsumerRules> = {},
): Promise<ConsumerRound> =>
  orUnavailable(async () => {
    const run = { database, consumer, rules: { ...defaultRules, ...rules } };
    const standing = await standingOf(database, consumer.name);
    const retried = standing.isDue ? await retryDue(run) : 0;
    const page = await readPage(run, standing);
    if (page === undefined) return { events: retried, hasMore: retried > 0 };
    const { events, hasMore } = await takePage(run, page);
    return { events: retried + events, hasMore: retried > 0 || hasMore };
  });

/**
 * Applies the group's next events and moves the group on, in one transaction. Several copies may call
 * this: one of them works, the others get 0.
 * @returns by how many events the group moved on; 0 when there is nothing to do
 * @throws ConsumerUnavailable when the consumer or the database can take nothing now
 */
export const runGroup = (
  database: Database,
  consumer: Consumer,
  rules: Partial<ConsumerRules> = {},
): Promise<number> =>
  orUnavailable(async () => {
    const run = { database, consumer, rules: { ...defaultRules, ...rules } };
    const page = await readPage(run, await standingOf(database, consumer.name));
    return page === undefined ? 0 : (await takePage(run, page)).events;
  });
