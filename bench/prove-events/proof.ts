import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { drain } from './drain.js';
import { planFaults } from './faults.js';
import { Ground } from './ground.js';
import { wreak, type Damage } from './havoc.js';
import { judgeSubscriber } from './judges/deliveries.js';
import { judgeInboxes, judgeModels } from './judges/groups.js';
import { judgeHistory } from './judges/history.js';
import type { KeptProcess } from './kept-process.js';
import type { ProofOptions } from './options.js';
import { Pace } from './pace.js';
import { startRelays } from './relays.js';
import type { Proof } from './report.js';
import { startSubscribers, type Subscriber } from './subscribers.js';
import { placeWitness } from './witness.js';
import { openShop, startWriters, type Progress } from './writers.js';

/** A long run has all kinds of trouble; a short one cannot be sure of each. */
const longRunOrders = 2_000;
const refusedOrders = 20;

interface Setting {
  readonly ground: Ground;
  readonly relays: readonly KeptProcess[];
  readonly subscribers: readonly Subscriber[];
}

/** Lets orders happen while relays, subscribers and Postgres are killed, and judges what came of it. */
export async function prove(options: ProofOptions, print: (line: string) => void): Promise<Proof> {
  const ground = await Ground.open();
  const kept: KeptProcess[] = [];
  try {
    const { leaseMs, orders, relays: count } = options;
    const refusedOneIn = Math.max(10, Math.floor(orders / refusedOrders));
    await placeWitness(ground.database, { refusedOneIn, leaseMs });
    await openShop(ground.database);
    const subscribers = await startSubscribers(ground);
    kept.push(...subscribers.map((subscriber) => subscriber.process));
    const relays = await startRelays(ground, count);
    kept.push(...relays);
    const setting = { ground, relays, subscribers };
    const run = await happen(setting, options, print);
    await Promise.all(kept.map((one) => one.stop()));
    return await judge(setting, options, run, print);
  } finally {
    await Promise.all(kept.map((one) => one.stop()));
    await ground.stop();
  }
}

interface Run {
  readonly elapsedMs: number;
  readonly damage: Damage;
  readonly progress: Progress;
}

async function happen(
  { ground, relays, subscribers }: Setting,
  options: ProofOptions,
  print: (line: string) => void,
): Promise<Run> {
  const [killed] = subscribers;
  if (killed === undefined) throw new Error('There is no subscriber');
  const startedAt = performance.now();
  const pace = new Pace();
  const { progress, done } = startWriters(ground.database, options, pace);
  const victims = { ground, relays, subscriber: killed.process };
  const faults = planFaults(options.seed, {
    relayKills: options.kills,
    others: options.otherFaults,
    postgres: options.orders >= longRunOrders,
  });
  const wreaking = wreak(victims, faults, pace);
  const [damage] = await Promise.all([wreaking, done]).catch((error: unknown) => {
    pace.fail(error);
    throw error;
  });
  print(`${options.orders} orders are written; waiting for their events to arrive`);
  const rest = await drain(ground.database, options.drainLimitMs);
  const elapsedMs = performance.now() - startedAt;
  print(`left over: ${JSON.stringify(rest)} after ${Math.round(elapsedMs / 1_000)} s`);
  return { elapsedMs, damage, progress };
}

async function judge(
  { ground: { database, teams }, relays, subscribers }: Setting,
  { seed, orders }: ProofOptions,
  { elapsedMs, damage, progress }: Run,
  print: (line: string) => void,
): Promise<Proof> {
  print('judging');
  const history = await judgeHistory(database);
  const inboxes = await judgeInboxes(database, teams);
  const receipts = [];
  for (const one of subscribers) receipts.push(await judgeSubscriber(database, one));
  const figures = await readFigures(database);
  const models = await judgeModels(database, teams);
  const proof: Proof = {
    at: new Date().toISOString(),
    seed,
    orders,
    relays: relays.length,
    subscribers: subscribers.length,
    elapsedMs,
    damage,
    ...figures,
    heldTransactions: progress.held,
    retriedTransactions: progress.retried,
    messages: receipts.reduce((sum, { received }) => sum + received, 0),
    duplicates: receipts.reduce((sum, { duplicates }) => sum + duplicates, 0),
    relayOwnEnds: relays.reduce((sum, { ownEnds }) => sum + ownEnds, 0),
    verdicts: [...history, ...inboxes, ...receipts.flatMap((one) => one.verdicts), ...models],
    vacuous: [],
  };
  return { ...proof, vacuous: missingTrouble(proof) };
}

type Figures = Pick<Proof, 'events' | 'lateFacts' | 'parkings' | 'retriedDeliveries'>;

async function readFigures(database: Database): Promise<Figures> {
  const { rows } = await sql<Figures>`
    select (select count(*) from events.history) as events,
      (select count(*) from (
        select id, max(id) over (order by position rows between unbounded preceding and 1 preceding)
          as highest from events.history join proof.facts using (order_id, sequence)) published
        where highest > id) as "lateFacts",
      (select case when is_called then last_value else 0 end from proof.parkings) as parkings,
      (select count(*) from events.webhook_deliveries where attempts > 1) as "retriedDeliveries"
  `.execute(database);
  const [figures] = rows;
  if (figures === undefined) throw new Error('A select of counts gave no row');
  return figures;
}

/** A run in which nothing went wrong would prove nothing. */
function missingTrouble({ orders, damage, ...proof }: Proof): string[] {
  const counts: Readonly<Record<string, number>> = {
    'kill of a relay': damage.relayKills,
    'kill of a subscriber': damage.subscriberKills,
    'cut connection': damage.cutConnections,
    'late commit': proof.lateFacts,
    'retried delivery': proof.retriedDeliveries,
    ...(orders >= longRunOrders && {
      'end of Postgres': damage.postgresEnds,
      'duplicate at a subscriber': proof.duplicates,
      'parked event': proof.parkings,
    }),
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [`no ${what}`] : []));
}
