import { join } from 'node:path';
import { isEnded } from '../../../src/domain/order-state.js';
import { serviceNames } from '../../../src/domain/services.js';
import { startPollingLoop } from '../../../src/runtime/polling-loop.js';
import { choosePorts } from '../../../src/up/ports.js';
import { databaseName, withClient, withDatabase } from '../../../src/up/postgres/databases.js';
import type { Stack } from '../../harness/stack.js';
import type { Member } from '../../harness/system.js';
import { evidenceOf, readOthers, readOwn } from '../../ledgers/read.js';
import { brokenRules } from '../../ledgers/rules.js';
import { startCell, type Cell, type Driven } from '../cell.js';
import type { VariantName } from '../data/names.js';
import { writePoints } from '../failpoints/failpoints.js';
import type { OrderPlan } from '../schedule/plans.js';
import { variants, type Variant } from '../variants.js';
import { countersOf, isStill, type Circumstances, type Seen } from './board.js';
import { PaymentProcess } from './payment-process.js';

export type Lane = Awaited<ReturnType<typeof openLane>>;

const lookMs = 500;

export async function openLane(
  { wiring, logFolder }: Stack,
  folder: string,
  name: VariantName,
  onError: (error: unknown) => void,
) {
  const { variant, paymentProcess } = withPaymentProcess(variants[name]);
  const pointsFolder = join(folder, name);
  // Nothing is planned to happen to any order: what happens, a person does.
  writePoints(pointsFolder, []);
  const { postgres, temporal } = wiring.ports;
  const place = {
    wiring: {
      ...wiring,
      ports: { ...(await choosePorts('free')), postgres, temporal },
      databaseUrl: await copyOf(wiring.databaseUrl, name),
      sandboxDatabaseUrl: await copyOf(wiring.sandboxDatabaseUrl, name),
    },
    logFolder: join(logFolder, name),
  };
  const cell = await startCell(place, variant, pointsFolder, {
    // Slow enough for an eye to follow, and for a kill to find payments under way.
    pace: { pickUpMs: 700, stepMs: 700 },
    environment: { TEMPORAL_TASK_QUEUE: name, SANDBOX_LATENCY_MS: '250' },
  });
  const payment = new PaymentProcess(cell.system.process(paymentProcess));
  const circumstances = (): Circumstances => ({
    nowMs: Date.now(),
    stillMs: variant.stillMs,
    runsSinceMs: payment.runsSinceMs,
    killsMs: payment.killsMs,
  });
  const orders = new Map<string, Watched>();
  const looking = startPollingLoop({
    round: () => look(cell, orders, circumstances).then(() => false),
    pollMs: lookMs,
    onError,
  });
  return {
    name,
    payment,
    counters: () => countersOf([...orders.values()], circumstances()),
    orders: () => [...orders.values()],
    circumstances,
    place: async (plan: OrderPlan): Promise<void> => {
      const driven = await cell.place(plan);
      orders.set(driven.orderId, { ...driven, ledger: undefined, brokenRules: undefined });
    },
    stop: async (): Promise<void> => {
      await looking.stop();
      await cell.stop();
    },
  };
}

interface Watched extends Seen, Driven {
  readonly comparedFacts?: number;
}

/** Orders that are wrong are compared anew whenever they have a new fact. */
async function look(
  { system, variant }: Cell,
  orders: Map<string, Watched>,
  circumstances: () => Circumstances,
): Promise<void> {
  const open = [...orders.values()].filter((order) => order.brokenRules?.length !== 0);
  if (open.length === 0) return;
  const ids = open.map(({ orderId }) => orderId);
  const ledgers = await readOwn(system, ids, variant.hasLog);
  for (const known of open) {
    const ledger = ledgers.get(known.orderId);
    if (ledger === undefined) continue;
    const seen = { ...known, ledger };
    orders.set(known.orderId, seen);
    const { length } = ledger.facts;
    const isCompared = known.comparedFacts === length;
    if (isCompared || !isEnded(ledger) || !isStill(seen, circumstances())) continue;
    const others = await readOthers(system, known.orderId);
    const broken = brokenRules(evidenceOf(known, ledger, others));
    orders.set(known.orderId, { ...seen, brokenRules: broken, comparedFacts: length });
  }
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
