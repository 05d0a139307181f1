import { join } from 'node:path';
import { serviceNames } from '../../../src/domain/services.js';
import { startPollingLoop } from '../../../src/runtime/polling-loop.js';
import { choosePorts } from '../../../src/up/ports.js';
import { databaseName, withClient, withDatabase } from '../../../src/up/postgres/databases.js';
import type { Stack } from '../../harness/stack.js';
import type { Member } from '../../harness/system.js';
import { Cell } from '../cell.js';
import { variantNames, type VariantName } from '../data/names.js';
import { writePoints } from '../failpoints/points.js';
import type { OrderPlan } from '../schedule/plans.js';
import { variants, type Variant } from '../variants.js';
import { countersOf, type Circumstances, type Counters, type Seen } from './counters.js';
import { OrderWatch } from './order-watch.js';
import { PaymentProcess } from './payment-process.js';

export interface Lane {
  readonly name: VariantName;
  readonly payment: PaymentProcess;
  readonly counters: () => Counters;
  readonly orders: () => readonly (Seen & { readonly orderId: string })[];
  readonly circumstances: () => Circumstances;
  readonly place: (plan: OrderPlan) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const lookMs = 500;

/**
 * On a Postgres and a Temporal that the variants share: each has its own ports, task queue and copies of
 * the stack's new databases.
 * @param folder of the stack's renewal
 * @param onError is called when a look at the ledgers fails
 */
async function openLane(
  stack: Stack,
  folder: string,
  variantName: VariantName,
  onError: (error: unknown) => void,
): Promise<Lane> {
  const { variant, paymentProcess } = withPaymentProcess(variants[variantName]);
  const { wiring } = stack;
  const pointsFolder = join(folder, variantName);
  // Nothing is planned to happen to any order: what happens, a person does.
  writePoints(pointsFolder, []);
  const { postgres, temporal } = wiring.ports;
  const cell = await Cell.open({
    variant,
    wiring: {
      ...wiring,
      ports: { ...(await choosePorts('free')), postgres, temporal },
      databaseUrl: await copyOf(wiring.databaseUrl, variantName),
      sandboxDatabaseUrl: await copyOf(wiring.sandboxDatabaseUrl, variantName),
    },
    pointsFolder,
    logFolder: join(stack.logFolder, variantName),
    // Slow enough for an eye to follow, and for a kill to find payments under way.
    pace: { pickUpMs: 700, stepMs: 700 },
    environment: { TEMPORAL_TASK_QUEUE: variantName, SANDBOX_LATENCY_MS: '250' },
  });
  const payment = new PaymentProcess(cell.system.process(paymentProcess));
  const circumstances = (): Circumstances => ({
    nowMs: Date.now(),
    stillMs: variant.stillMs,
    runsSinceMs: payment.runsSinceMs,
    killsMs: payment.killsMs,
  });
  const watch = new OrderWatch(cell, circumstances);
  const looking = startPollingLoop({
    round: () => watch.look().then(() => false),
    pollMs: lookMs,
    onError,
  });
  return {
    name: variantName,
    payment,
    counters: () => countersOf(watch.orders, circumstances()),
    orders: () => watch.orders.map((order) => ({ ...order, orderId: order.driven.orderId })),
    circumstances,
    place: async (plan) => {
      watch.add(await cell.place(plan));
    },
    stop: async () => {
      await looking.stop();
      await cell.stop();
    },
  };
}

/** Where services carry the orders, payment gets a process of its own; else the worker pays. */
function withPaymentProcess(variant: Variant) {
  if (variant.stepRole !== 'services') return { variant, paymentProcess: variant.stepRole };
  const payment = 'payment';
  const others = serviceNames.filter((name) => name !== payment);
  const running = (member: Member, names: readonly string[]): Member => ({
    ...member,
    environment: { ...member.environment, SERVICES: names.join(',') },
  });
  const members = variant.members.flatMap((member) =>
    member.role === 'services'
      ? [{ ...running(member, [payment]), name: payment }, running(member, others)]
      : [member],
  );
  return { variant: { ...variant, members }, paymentProcess: payment };
}

async function copyOf(url: string, variantName: VariantName): Promise<string> {
  const origin = databaseName(url);
  const copy = `${origin}_${variantName}`;
  await withClient(withDatabase(url, 'postgres'), (client) => {
    const [made, from] = [copy, origin].map((name) => client.escapeIdentifier(name));
    return client.query(`create database ${made} template ${from}`);
  });
  return withDatabase(url, copy);
}

export const openLanes = async (
  stack: Stack,
  lanes: Lane[],
  ending: AbortSignal,
  onReady: (name: VariantName) => (error: unknown) => void,
): Promise<void> => {
  const folder = await stack.renew('file');
  // One after the other: together they would only wait for each other.
  for (const name of variantNames) {
    if (!ending.aborted) lanes.push(await openLane(stack, folder, name, onReady(name)));
  }
};
