import { sql } from 'kysely';
import { openDatabase, type Database } from '../../src/db/database.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { waitFor } from '../../src/runtime/deadline.js';
import { missingFaults } from '../harness/proof.js';
import { withStack, type Print, type Stack } from '../harness/stack.js';
import { System, type Member } from '../harness/system.js';
import type { EventProofOptions } from '../options.js';
import { checkInboxes, checkModels, checkSubscriber } from './check-consumers.js';
import { checkHistory } from './check-history.js';
import { injectFaults, Pace, type Damage } from './faults.js';
import { planFaults } from './plan.js';
import type { EventProof } from './report.js';
import { startSubscribers, type Subscriber } from './subscribers.js';
import { placeWitness } from './witness.js';
import { addSellers, startWriters, type Progress } from './writers.js';

/** A long run has all kinds of faults; a short one cannot be sure of each. */
const longRunOrders = 2_000;
const refusedOrders = 20;
const connections = 24;

interface Setting {
  readonly stack: Stack;
  readonly database: Database;
  readonly teams: readonly Team[];
  readonly relays: System;
  readonly subscribers: readonly Subscriber[];
}

const relayNames = ({ relays }: EventProofOptions) =>
  Array.from({ length: relays }, (_, index) => `relay-${index}`);

/** The role as it is built. It retries so often that no kill uses a delivery up: none may be dead. */
const relayMember = (name: string): Member => ({
  role: 'relay',
  name,
  environment: {
    LOG_LEVEL: 'warn',
    WEBHOOK_RETRY_SCHEDULE_MS: ['200,300,500', ...Array<string>(26).fill('1000')].join(','),
    RELAY_INTERVAL_MS: '30000',
    NATS_URL: '',
  },
});

/** Orders happen while relays, subscribers and Postgres are killed; then everything is compared. */
export const proveEvents = (options: EventProofOptions, print: Print): Promise<EventProof> =>
  withStack({ name: 'proof', print }, async (stack) => {
    // Events need no Temporal: nothing answers at its address.
    await stack.renew('none');
    const database = openDatabase({ url: stack.wiring.databaseUrl, poolSize: connections });
    const teams = await findTeams();
    await createTeams(database, teams);
    const refusedOneIn = Math.max(10, Math.floor(options.orders / refusedOrders));
    await placeWitness(database, { refusedOneIn, leaseMs: options.lease });
    await addSellers(database);
    const running: { stop(): Promise<void> }[] = [];
    try {
      const subscribers = await startSubscribers(stack, database);
      running.push(...subscribers.map((subscriber) => subscriber.process));
      const { wiring, logFolder } = stack;
      const members = relayNames(options).map(relayMember);
      const relays = await System.start({ wiring, logFolder, members });
      running.push(relays);
      const setting = { stack, database, teams, relays, subscribers };
      const run = await runFaults(setting, options, print);
      await Promise.all(running.splice(0).map((one) => one.stop()));
      return await check(setting, options, run, print);
    } finally {
      await Promise.all(running.map((one) => one.stop()));
      await database.destroy();
    }
  });

interface Run {
  readonly elapsedMs: number;
  readonly damage: Damage;
  readonly progress: Progress;
}

async function runFaults(
  { stack, database, relays, subscribers }: Setting,
  options: EventProofOptions,
  print: Print,
): Promise<Run> {
  const startedAt = performance.now();
  const pace = new Pace();
  const { progress, done } = startWriters(database, options, pace);
  const victims = {
    database,
    postgres: stack.postgres,
    relays: relayNames(options).map((name) => relays.process(name)),
    subscriber: subscribers[0]!.process,
  };
  const faults = planFaults(options.seed, {
    relayKills: options.kills,
    others: options['other-faults'],
    postgres: options.orders >= longRunOrders,
  });
  const injecting = injectFaults(victims, faults, pace);
  const [damage] = await Promise.all([injecting, done]).catch((error: unknown) => {
    pace.fail(error);
    throw error;
  });
  print(`${options.orders} orders are written; waiting for their events to arrive`);
  const left = await drain(database, options['drain-limit']);
  const elapsedMs = performance.now() - startedAt;
  print(`left over: ${JSON.stringify(left)} after ${Math.round(elapsedMs / 1_000)} s`);
  return { elapsedMs, damage, progress };
}

/**
 * Waits until everything that was committed has arrived everywhere.
 * @returns what was left when the limit came; the checks show what is wrong with it
 */
async function drain(database: Database, limitMs: number): Promise<unknown> {
  let left: Readonly<Record<string, number>> = {};
  const isEmpty = async () => {
    left = await readLeft(database).catch(() => left);
    return Object.values(left).every((count) => count === 0) && 'outbox' in left;
  };
  const waiting = waitFor(isEmpty, { what: 'everything to arrive', limitMs, intervalMs: 500 });
  await waiting.catch(() => undefined);
  return left;
}

async function readLeft(database: Database): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from orders.outbox) as outbox,
      (select count(*) from events.quarantined where state <> 'dead') as parked,
      (select coalesce(sum(head.position - position), 0)::bigint from events.groups) as behind,
      (select count(*) from events.webhook_deliveries where state = 'waiting') as deliveries
    from events.head`.execute(database);
  return rows[0]!;
}

async function check(
  { database, teams, relays, subscribers }: Setting,
  options: EventProofOptions,
  { elapsedMs, damage, progress }: Run,
  print: Print,
): Promise<EventProof> {
  print('checking');
  const history = await checkHistory(database);
  const inboxes = await checkInboxes(database, teams);
  const receipts = [];
  for (const one of subscribers) receipts.push(await checkSubscriber(database, one));
  const figures = await readFigures(database);
  const models = await checkModels(database, teams);
  const ownEnds = relayNames(options).map((name) => relays.process(name).ownEnds);
  const duplicates = receipts.reduce((sum, one) => sum + one.duplicates, 0);
  const isLong = options.orders >= longRunOrders;
  return {
    at: new Date().toISOString(),
    seed: options.seed,
    orders: options.orders,
    relays: options.relays,
    subscribers: subscribers.length,
    elapsedMs,
    damage,
    ...figures,
    heldTransactions: progress.held,
    retriedTransactions: progress.retried,
    messages: receipts.reduce((sum, { received }) => sum + received, 0),
    duplicates,
    relayOwnEnds: ownEnds.reduce((sum, ends) => sum + ends, 0),
    verdicts: [...history, ...inboxes, ...receipts.flatMap((one) => one.verdicts), ...models],
    vacuous: missingFaults({
      'kill of a relay': damage.relayKills,
      'kill of a subscriber': damage.subscriberKills,
      'cut connection': damage.cutConnections,
      'late commit': figures.lateFacts,
      'retried delivery': figures.retriedDeliveries,
      ...(isLong && {
        'end of Postgres': damage.postgresEnds,
        'duplicate at a subscriber': duplicates,
        'parked event': figures.parkings,
      }),
    }),
  };
}

type Figures = Pick<EventProof, 'events' | 'lateFacts' | 'parkings' | 'retriedDeliveries'>;

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
  return rows[0]!;
}
