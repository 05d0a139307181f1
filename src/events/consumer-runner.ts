import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { apply, transact } from './application.js';
import { openGroup, readBatch, settle, type Batch } from './batch.js';
import type { Consumer } from './consumer.js';
import { park, retryParked } from './parked.js';
import { isPassing, orUnavailable } from './refusal.js';
import { defaultRules, type ConsumerRules } from './rules.js';

export interface ConsumerRound {
  /** So many events are done with: retried with success, or read. */
  readonly events: number;
  /** More may wait, so that the next round should begin at once. */
  readonly hasMore: boolean;
}

/**
 * Whoever has the group now need not see to what has come: a person may have moved it, a process may
 * have died with it, and nobody wakes us when it is free.
 */
const busyPauseMs = 100;

/** One round of a consumer: what is due of the parked events, then the next of the log. */
export async function consumerRound(
  database: Database,
  consumer: Consumer,
  rules: Partial<ConsumerRules> = {},
): Promise<ConsumerRound> {
  const retried = await retryParked(database, consumer, rules);
  const { events, hasMore } = await advance(database, consumer, { ...defaultRules, ...rules });
  return { events: retried + events, hasMore: retried > 0 || hasMore };
}

/**
 * Puts the group's next events into effect, remembers them and moves the group on, in one
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

/** What became of a batch, or that somebody else has the group. */
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
      await apply(database, consumer, transaction, events, limit);
      await settle(transaction, consumer.name, batch);
      return { kind: 'moved', events: batch.size, hasMore: batch.upTo < group.head };
    });
  } catch (error) {
    if (batch === undefined || isPassing(error)) throw error;
    return { kind: 'refused', batch, error };
  }
}

/** @returns by how many events the group moved on; 0 when somebody else has it now */
const dispose = (
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  refusal: Refusal,
): Promise<number> =>
  refusal.batch.isSingle
    ? setAside(database, consumer, rules, refusal)
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
      return moved + (await setAside(database, consumer, rules, outcome));
    }
    if (outcome.kind === 'busy' || outcome.events === 0) return moved;
  }
  return size;
}

/** @returns how many events were put aside: one, or none where another copy was there before */
async function setAside(
  database: Database,
  consumer: Consumer,
  rules: ConsumerRules,
  { batch, error }: Refusal,
): Promise<number> {
  const [refused] = batch.fresh;
  if (refused === undefined) throw error;
  const isParked = await park(database, consumer, { ...refused, from: batch.from }, error, rules);
  return isParked ? 1 : 0;
}
