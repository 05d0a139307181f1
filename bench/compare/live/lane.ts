import { startPollingLoop } from '../../../src/runtime/polling-loop.js';
import { apiUrl, sandboxUrl } from '../../../src/up/roles.js';
import { Crew } from '../crew.js';
import type { ArmName } from '../data/names.js';
import { openPool } from '../ground.js';
import type { OrderPlan } from '../schedule/plans.js';
import { Shop } from '../shop.js';
import type { LiveArm } from './arms.js';
import { countersOf, type Circumstances, type Counters, type Seen } from './counters.js';
import { OrderWatch } from './order-watch.js';
import { Payer } from './payer.js';
import type { Site } from './site.js';

/** One arm at work, beside the others. */
export interface Lane {
  readonly name: ArmName;
  readonly payer: Payer;
  readonly counters: () => Counters;
  readonly orders: () => readonly (Seen & { readonly orderId: string })[];
  readonly around: () => Circumstances;
  /** @throws Error when nobody takes the order */
  readonly place: (plan: OrderPlan) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Slow enough for an eye to follow. */
const pace = { pickUpMs: 700, stepMs: 700 };
const lookMs = 500;
/** As slow as providers are, so that a kill finds payments under way. */
const answerMs = 250;

/** @param onError hears what a look at the books could not read */
export async function openLane(
  arm: LiveArm,
  site: Site,
  onError: (error: unknown) => void,
): Promise<Lane> {
  const { wiring } = site;
  const crew = await Crew.start({ arm, ...site, pace, environment: environmentOf(arm) });
  const pool = openPool(wiring.databaseUrl);
  const sandboxPool = openPool(wiring.sandboxDatabaseUrl);
  const payer = new Payer(crew.process(arm.payer));
  const around = (): Circumstances => ({
    nowMs: Date.now(),
    stillMs: arm.stillMs,
    runsSinceMs: payer.runsSinceMs,
    killsMs: payer.killsMs,
  });
  const shelves = { pool, sandboxPool, sandboxUrl: sandboxUrl(wiring), hasLog: arm.hasLog };
  const watch = new OrderWatch(shelves, around);
  const looking = startPollingLoop({
    round: () => watch.look().then(() => false),
    pollMs: lookMs,
    onError,
  });
  const shop = new Shop(apiUrl(wiring), arm.coordination);
  return {
    name: arm.name,
    payer,
    counters: () => countersOf(watch.orders, around()),
    orders: () => watch.orders.map((order) => ({ ...order, orderId: order.driven.orderId })),
    around,
    place: async (plan) => {
      watch.add({ ...(await shop.place(plan)), plan });
    },
    stop: async () => {
      await looking.stop();
      await Promise.all([crew.stop(), pool.end(), sandboxPool.end()]);
    },
  };
}

/** The arms share a Temporal, and each has its own orders there. */
const environmentOf = ({ name }: LiveArm) => ({
  TEMPORAL_TASK_QUEUE: name,
  SANDBOX_LATENCY_MS: String(answerMs),
});
