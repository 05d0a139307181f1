import { sql } from 'kysely';
import { openDatabase, type Database } from '../../src/db/database.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { poll } from '../../src/runtime/deadline.js';
import { countsTable } from '../harness/markdown.js';
import { missingFaults, verdictTable } from '../harness/proof.js';
import { withStack, type Print } from '../harness/stack.js';
import { sumOf } from '../harness/statistics.js';
import { startSystem, type Member } from '../harness/system.js';
import type { EventProofOptions } from '../options.js';
import { checkHistory, checkGroups, checkModels, checkSubscriber } from './checks.js';
import { injectFaults, Pace, planFaults } from './faults.js';
import { startSubscribers } from './subscribers.js';
import { placeWitness } from './witness.js';
import { addSellers, startWriters } from './writers.js';

/** A long run has all kinds of faults; a short one cannot be sure of each. */
const longRunOrders = 2_000;
const refusedOrders = 20;
const connections = 24;

/** It retries so often that no kill uses a delivery up: none may be dead. */
const relayMember = (_: unknown, index: number): Member => ({
  role: 'relay',
  name: `relay-${index}`,
  environment: {
    LOG_LEVEL: 'warn',
    WEBHOOK_RETRY_SCHEDULE_MS: ['200,300,500', ...Array<string>(26).fill('1000')].join(','),
    RELAY_INTERVAL_MS: '30000',
    NATS_URL: '',
  },
});

/** What `npm run prove:events -- --json` writes; times are in milliseconds. */
export type EventProof = Awaited<ReturnType<typeof proveEvents>>;

/** Orders happen while relays, subscribers and Postgres are killed; then everything is compared. */
export const proveEvents = (options: EventProofOptions, print: Print) =>
  withStack({ name: 'proof', print }, async (stack) => {
    // Events need no Temporal: nothing answers at its address.
    await stack.renew('none');
    const database = openDatabase({ url: stack.wiring.databaseUrl, poolSize: connections });
    const refusedOneIn = Math.max(10, Math.floor(options.orders / refusedOrders));
    const running: { stop(): Promise<void> }[] = [];
    try {
      const teams = await findTeams();
      await createTeams(database, teams);
      await placeWitness(database, { refusedOneIn, leaseMs: options.lease });
      await addSellers(database);
      const subscribers = await startSubscribers(stack, database);
      running.push(...subscribers.map((subscriber) => subscriber.process));
      const members = Array.from({ length: options.relays }, relayMember);
      const system = await startSystem(stack, members);
      running.push(system);
      const relays = members.map(({ name = '' }) => system.process(name));
      const subscriber = subscribers[0]!.process;
      const victims = { database, postgres: stack.postgres, relays, subscriber };
      const run = await runFaults(victims, options, print);
      await Promise.all(running.splice(0).map((one) => one.stop()));
      print('checking');
      const history = await checkHistory(database);
      const groups = await checkGroups(database, teams);
      const receipts = [];
      for (const one of subscribers) receipts.push(await checkSubscriber(database, one));
      const figures = await readFigures(database);
      const models = await checkModels(database, teams);
      const duplicates = sumOf(receipts.map((one) => one.duplicates));
      return {
        at: new Date().toISOString(),
        seed: options.seed,
        orders: options.orders,
        relays: options.relays,
        subscribers: subscribers.length,
        ...run,
        ...figures,
        messages: sumOf(receipts.map(({ received }) => received)),
        /** Messages that a subscriber had taken before. */
        duplicates,
        relayOwnEnds: sumOf(relays.map(({ ownEnds }) => ownEnds)),
        verdicts: [...history, ...groups, ...receipts.flatMap((one) => one.verdicts), ...models],
        vacuous: missingFaults({
          'kill of a relay': run.damage.relayKills,
          'kill of a subscriber': run.damage.subscriberKills,
          'cut connection': run.damage.cutConnections,
          'late commit': figures.lateFacts,
          'retried delivery': figures.retriedDeliveries,
          ...(options.orders >= longRunOrders && {
            'end of Postgres': run.damage.postgresEnds,
            'duplicate at a subscriber': duplicates,
            'quarantined event': figures.parkings,
          }),
        }),
      };
    } finally {
      await Promise.all(running.map((one) => one.stop()));
      await database.destroy();
    }
  });

async function runFaults(
  victims: Parameters<typeof injectFaults>[0],
  options: EventProofOptions,
  print: Print,
) {
  const { database } = victims;
  const startedAt = performance.now();
  const pace = new Pace();
  const { progress, done } = startWriters(database, options, pace);
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
  const { held: heldTransactions, retried: retriedTransactions } = progress;
  return { elapsedMs, damage, heldTransactions, retriedTransactions };
}

/** @returns what was left when the limit came; the checks show what is wrong with it */
async function drain(database: Database, limitMs: number): Promise<unknown> {
  let left: Readonly<Record<string, number>> = {};
  const isEmpty = async () => {
    left = await readLeft(database).catch(() => left);
    return Object.values(left).every((count) => count === 0) && 'outbox' in left;
  };
  await poll(isEmpty, { limitMs, intervalMs: 500 });
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

/**
 * Late facts were published after one with a higher number: a reader by numbers skips them. Parkings are
 * events that a team refused, and took later.
 */
async function readFigures(database: Database) {
  const { rows } = await sql<
    Record<'events' | 'lateFacts' | 'parkings' | 'retriedDeliveries', number>
  >`
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

export const proofTables = ({ damage, verdicts, ...proof }: EventProof): string => {
  const faults = countsTable([
    ['seed', proof.seed],
    ['orders', proof.orders],
    ['events', proof.events],
    ['seconds until all had arrived', Math.round(proof.elapsedMs / 1_000)],
    ['events per second', Math.round((proof.events * 1_000) / proof.elapsedMs)],
    ['relays side by side', proof.relays],
    ['– killed', damage.relayKills],
    ['– stopped for seconds', damage.pauses],
    ['– ended by themselves', proof.relayOwnEnds],
    ['subscriber killed', damage.subscriberKills],
    ['database connections cut', damage.cutConnections],
    ['Postgres crashed or restarted', damage.postgresEnds],
    ['transactions held open', proof.heldTransactions],
    ['facts published late', proof.lateFacts],
    ['transactions tried again', proof.retriedTransactions],
    ['events quarantined and retried', proof.parkings],
    ['webhook messages received', proof.messages],
    ['– deliveries tried more than once', proof.retriedDeliveries],
    ['– received again after they were taken', proof.duplicates],
  ]);
  return `${faults}\n\n${verdictTable(verdicts)}`;
};

export const proofBlock = (proof: EventProof): string =>
  `Run on ${proof.at.slice(0, 10)}.\n\n${proofTables(proof)}`;
