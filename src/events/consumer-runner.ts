import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { applyBatch, commitBatch, openGroup, readBatch, transact, type Batch } from './batch.js';
import type { Consumer } from './consumer.js';
import { quarantine, retryQuarantined } from './quarantine.js';
import { isPassing, orUnavailable } from './refusal.js';
import { defaultRules, type ConsumerRules, type ConsumerRun } from './rules.js';

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
  const round = await advance({ database, consumer, rules: { ...defaultRules, ...rules } });
  return { events: retried + round.events, hasMore: retried > 0 || round.hasMore };
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
  rules: Partial<ConsumerRules> = {},
): Promise<number> {
  return (await advance({ database, consumer, rules: { ...defaultRules, ...rules } })).events;
}

const advance = (run: ConsumerRun): Promise<ConsumerRound> =>
  orUnavailable(async () => {
    const outcome = await takeBatch(run, run.rules.batchSize);
    if (outcome.kind === 'moved') return outcome;
    const events = outcome.kind === 'busy' ? 0 : await dispose(run, outcome);
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

async function takeBatch(run: ConsumerRun, size: number): Promise<Outcome> {
  const { database, consumer, rules } = run;
  let batch: Batch | undefined;
  try {
    return await transact(database, async (transaction): Promise<Outcome> => {
      const group = await openGroup(transaction, consumer.name, rules.statementLimitMs);
      if (group === undefined) return { kind: 'busy' };
      batch = await readBatch(transaction, consumer, group, size);
      if (batch === undefined) return { kind: 'moved', events: 0, hasMore: false };
      const events = batch.fresh.map(({ event }) => event);
      await applyBatch(run, transaction, group, events);
      await commitBatch(transaction, consumer.name, batch);
      return { kind: 'moved', events: batch.size, hasMore: batch.throughPosition < group.head };
    });
  } catch (error) {
    if (batch === undefined || isPassing(error)) throw error;
    return { kind: 'refused', batch, error };
  }
}

/** @returns by how many events the group moved on; 0 when another copy has it */
const dispose = (run: ConsumerRun, refusal: Refusal): Promise<number> =>
  refusal.batch.isSingle ? quarantineRefused(run, refusal) : isolate(run, refusal.batch.size);

/** The events of a refused batch one by one, up to the first that is refused by itself. */
async function isolate(run: ConsumerRun, size: number): Promise<number> {
  const end = Date.now() + run.rules.applyLimitMs;
  for (let moved = 0; moved < size; moved += 1) {
    if (Date.now() > end) return moved;
    const outcome = await takeBatch(run, 1);
    if (outcome.kind === 'refused') return moved + (await quarantineRefused(run, outcome));
    if (outcome.kind === 'busy' || outcome.events === 0) return moved;
  }
  return size;
}

/** @returns how many events were quarantined: one, or none when another copy was first */
async function quarantineRefused(run: ConsumerRun, { batch, error }: Refusal): Promise<number> {
  const [refused] = batch.fresh;
  if (refused === undefined) throw error;
  return (await quarantine(run, { ...refused, from: batch.from }, error)) ? 1 : 0;
}
