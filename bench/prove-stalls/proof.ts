import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { openCell, type Cell } from '../compare/cell.js';
import { variants, type Variant } from '../compare/variants.js';
import { countsTable } from '../harness/markdown.js';
import { isProven, missingFaults, type Proof } from '../harness/proof.js';
import { withStack, type Print } from '../harness/stack.js';
import { worker } from '../harness/system.js';
import { isEnded } from '../ledgers/evidence.js';
import type { StallOptions } from '../options.js';
import { driveRounds, type Damage } from './drive.js';
import { planRounds, type Round } from './plan.js';
import { findingsOf, verdictsOf, witness, type Witnessed } from './rules.js';

export interface StallProof extends Proof {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly damage: Damage;
  /**
   * How often the worker ended although nobody had killed it. No failure: when a stop meets it inside
   * workflow code, the SDK's time limit of 5 s for that can end the process, and it starts again.
   */
  readonly workerOwnEnds: number;
  readonly orders: readonly Witnessed[];
  readonly findings: readonly string[];
}

/** Slow enough that a cancel can be in time after a stall; the way itself is short. */
const pace: Pace = { pickUpMs: 6_000, stepMs: 500 };

/** No failpoints here: the worker is the role itself. */
const variant: Variant = { ...variants.mix, members: [worker, { role: 'relay' }] };

/** Orders happen while their worker is stopped and killed; then all that is known is compared. */
export const proveStalls = (options: StallOptions, print: Print): Promise<StallProof> =>
  withStack(
    { name: 'stalls', print },
    async (stack) => {
      const environment = { SANDBOX_LATENCY_MS: String(options.latency) };
      // The demo's deadlines are shorter than the stalls.
      const manner = { pace, environment, serviceLevel: 'standard' };
      const cell = await openCell(stack, variant, [], manner);
      return run(cell, options, print).finally(() => cell.stop());
    },
    isProven,
  );

async function run(cell: Cell, options: StallOptions, print: Print): Promise<StallProof> {
  const { seed } = options;
  const rounds = planRounds(seed, options.orders, options['at-once']);
  const startedAt = performance.now();
  const { orders: driven, damage } = await driveRounds(cell, rounds, (index) => {
    print(`round ${index + 1} of ${rounds.length}: ${describe(rounds[index]!)}`);
  });
  const elapsedMs = performance.now() - startedAt;
  print('checking');
  const orders = await witness(cell, driven);
  const by = (name: string) => orders.filter(({ order }) => order.cancel?.by === name).length;
  return {
    seed,
    elapsedMs,
    damage,
    workerOwnEnds: cell.system.process('worker').ownEnds,
    orders,
    verdicts: await verdictsOf(cell, orders),
    findings: findingsOf(orders),
    vacuous: missingFaults({
      stall: damage.stalls,
      kill: damage.kills,
      'cancel by the API': by('api'),
      'cancel by signal': by('signal'),
      'cancel that had its effect': orders.filter(({ cancelFate }) => cancelFate === 'cancelled')
        .length,
    }),
  };
}

function describe({ orders, disturbance: { kind, afterMs, lastsMs } }: Round): string {
  const cancels = orders.filter(({ cancel }) => cancel !== undefined).length;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const what = kind === 'stall' ? `stopped for ${seconds(lastsMs)}` : 'killed';
  return `${orders.length} orders, ${cancels} cancels, worker ${what} after ${seconds(afterMs)}`;
}

export function stallTable(proof: StallProof): string {
  const { seed, elapsedMs, damage, workerOwnEnds, orders } = proof;
  const count = (holds: (order: Witnessed) => boolean): number => orders.filter(holds).length;
  const fate = (name: Witnessed['cancelFate']) => count(({ cancelFate }) => cancelFate === name);
  const ended = (status: string) => count(({ evidence }) => evidence.status === status);
  const isWaiting = ({ evidence }: Witnessed) => !isEnded(evidence) && evidence.waits.length > 0;
  return countsTable([
    ['seed', seed],
    ['orders', orders.length],
    ['seconds', Math.round(elapsedMs / 1_000)],
    ['worker stopped', damage.stalls],
    ['– seconds in all', Math.round(damage.stalledMs / 1_000)],
    ['worker killed', damage.kills],
    ['worker ended by itself', workerOwnEnds],
    ['cancels by the API', count(({ order }) => order.cancel?.by === 'api')],
    ['cancels by signal', count(({ order }) => order.cancel?.by === 'signal')],
    ['– had their effect', fate('cancelled')],
    ['– refused with the reason', fate('refused')],
    ['– wait for a person', fate('waits for a person')],
    ['– unanswered', fate('unanswered')],
    ['– lost', fate('lost')],
    ['orders delivered', ended('delivered')],
    ['orders cancelled', ended('cancelled')],
    ['orders that ended otherwise', ended('rejected') + ended('failed')],
    ['orders that wait for a person', count(isWaiting)],
  ]);
}
