import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { applyBatch, transact, openGroup, readBatch, commitBatch, type Batch } from './batch.js';
import type { Consumer } from './consumer.js';
import { quarantine, retryQuarantined } from './quarantine.js';
import { isPassing, orUnavailable } from './refusal.js';
import { defaultRules, type ConsumerRules } from './rules.js';

export interface ConsumerRound {
  /** How many events were retried with success, or read. */
  readonly events: number;
  /** More may wait, so that the next round should begin at once. */
  readonly hasMore: boolean;
}

/**
 * The process that holds the group may not take the new events: it may be a rebuild, or dead. Nothing
 * signals that the group is free, so this one looks again.
 */
const busyPauseMs = 100;

/** One round of a consumer: retries of quarantined events that are due, then the next events of the log. */
export async function consumerRound(
  database: Database,
  consumer: Consumer,
  rules: Partial<ConsumerRules> = {},
): Promise<ConsumerRound> {
  const retried = await retryQuarantined(database, consumer, rules);
  const { events, hasMore } = await advance(database, consumer, { ...defaultRules, ...rules });
  return { events: retried + events, hasMore: retried > 0 || hasMore };
}

/**
 * Applies the group's next events, records them and moves the group on, in one
 * transaction. Several copies may call this: one of them works, the others get 0.
 * @returns by how many events the group moved on; 0 when there is nothing to do
 * @throws ConsumerUnavailable when the consumer or the database can take nothing now
 */
export async function runGroup(
  database: Database,
  consumer: Consumer,
  changes: Partial<ConsumerRules> = {},
): Promise<number> {
  return (await advance(database, consumer, { ...defaultRules, ...changes })).events;
}

const advance = (
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
): Promise<ConsumerRound> =>
  orUnavailable(async () => {
    const outcome = await takeBatch(database, consumer, rules, rules.batchSize);
    if (outcome.kind === 'moved') return outcome;
    const events = outcome.kind === 'busy' ? 0 : await dispose(database, consumer, rules, outcome);
    if (events === 0) await sleep(busyPauseMs);
    return { events, hasMore: true };
  });

interface Refusal {
  readonly kind: 'refused';
  readonly batch: Batch;
  readonly error: unknown;
}

/** `busy`: another copy has the group. */
type Outcome = (ConsumerRound & { readonly kind: 'moved' }) | Refusal | { readonly kind: 'busy' };

const nothingMoved: Outcome = { kind: 'moved', events: 0, hasMore: false };

async function takeBatch(
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  size: number,
): Promise<Outcome> {
  let batch: Batch | undefined;
  try {
    return await transact(database, async (transaction): Promise<Outcome> => {
      const group = await openGroup(transaction, consumer.name, rules.statementLimitMs);
      if (group === undefined) return { kind: 'busy' };
      batch = await readBatch(transaction, consumer, group, size);
      if (batch === undefined) return nothingMoved;
      const events = batch.fresh.map(({ event }) => event);
      const limit = { limitMs: rules.applyLimitMs, pid: group.pid };
      await applyBatch(database, consumer, transaction, events, limit);
      await commitBatch(transaction, consumer.name, batch);
      return { kind: 'moved', events: batch.size, hasMore: batch.throughPosition < group.head };
    });
  } catch (error) {
    if (batch === undefined || isPassing(error)) throw error;
    return { kind: 'refused', batch, error };
  }
}

/** @returns by how many events the group moved on; 0 when another copy has it */
const dispose = (
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  refusal: Refusal,
): Promise<number> =>
  refusal.batch.isSingle
    ? quarantineRefused(database, consumer, rules, refusal)
    : isolate(database, consumer, rules, refusal.batch.size);

/** The events of a refused batch one by one, up to the first that is refused by itself. */
async function isolate(
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  size: number,
): Promise<number> {
  const end = Date.now() + rules.applyLimitMs;
  for (let moved = 0; moved < size; moved += 1) {
    if (Date.now() > end) return moved;
    const outcome = await takeBatch(database, consumer, rules, 1);
    if (outcome.kind === 'refused') {
      return moved + (await quarantineRefused(database, consumer, rules, outcome));
    }
    if (outcome.kind === 'busy' || outcome.events === 0) return moved;
  }
  return size;
}

/** @returns how many events were quarantined: one, or none when another copy was first */
async function quarantineRefused(
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  { batch, error }: Refusal,
): Promise<number> {
  const [refused] = batch.fresh;
  if (refused === undefined) throw error;
  const isQuarantined = await quarantine(
    database,
    consumer,
    { ...refused, from: batch.from },
    error,
    rules,
  );
  return isQuarantined ? 1 : 0;
}
