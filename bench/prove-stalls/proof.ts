import { openCell, type Cell } from '../compare/cell.js';
import { variants, type Variant } from '../compare/variants.js';
import { countsTable } from '../harness/markdown.js';
import { isProven, missingFaults } from '../harness/proof.js';
import { withStack, type Print } from '../harness/stack.js';
import { worker } from '../harness/system.js';
import { isEnded } from '../../src/domain/order-state.js';
import type { StallOptions } from '../options.js';
import { driveRounds } from './drive.js';
import { planRounds } from './plan.js';
import { findingsOf, verdictsOf, witness, type CancelFate, type Witnessed } from './rules.js';

/** Slow enough that a cancel can be in time after a stall; the way itself is short. */
const pace = { pickUpMs: 6_000, stepMs: 500 };

/** No failpoints here: the worker is the role itself. */
const variant: Variant = { ...variants.mix, members: [worker, { role: 'relay' }] };

export const proveStalls = (options: StallOptions, print: Print) =>
  withStack(
    { name: 'stalls', print },
    async (stack) => {
      const environment = { SANDBOX_LATENCY_MS: String(options.latency) };
      // The demo's deadlines are shorter than the stalls.
      const cell = await openCell(stack, variant, [], {
        pace,
        environment,
        serviceLevel: 'standard',
      });
      return run(cell, options, print).finally(() => cell.stop());
    },
    isProven,
  );

async function run(cell: Cell, options: StallOptions, print: Print) {
  const { seed } = options;
  const rounds = planRounds(seed, options.orders, options['at-once']);
  const startedAt = performance.now();
  const driven = await driveRounds(cell, rounds, (round, index) => {
    print(`round ${index + 1} of ${rounds.length}: ${JSON.stringify(round.disturbance)}`);
  });
  const elapsedMs = performance.now() - startedAt;
  print('checking');
  const orders = await witness(cell, driven);
  const stalls = rounds.flatMap(({ disturbance: { kind, lastsMs } }) =>
    kind === 'stall' ? [lastsMs] : [],
  );
  const kills = rounds.length - stalls.length;
  const count = countIn(orders);
  return {
    seed,
    elapsedMs,
    stalls: stalls.length,
    stalledMs: stalls.reduce((sum, ms) => sum + ms, 0),
    kills,
    /**
     * How often the worker ended although nobody had killed it. No failure: when a stop meets it inside
     * workflow code, the SDK's time limit of 5 s for that can end the process, and it starts again.
     */
    workerOwnEnds: cell.system.process('worker').ownEnds,
    orders,
    verdicts: await verdictsOf(cell, orders),
    findings: findingsOf(orders),
    vacuous: missingFaults({
      stall: stalls.length,
      kill: kills,
      'cancel by the API': count(({ cancel }) => cancel?.by === 'api'),
      'cancel by signal': count(({ cancel }) => cancel?.by === 'signal'),
      'cancel that had its effect': count(({ cancelFate }) => cancelFate === 'cancelled'),
    }),
  };
}

const countIn = (orders: readonly Witnessed[]) => (holds: (order: Witnessed) => boolean) =>
  orders.filter(holds).length;

export function stallTable(proof: Awaited<ReturnType<typeof proveStalls>>): string {
  const { orders } = proof;
  const count = countIn(orders);
  const fate = (name: CancelFate) => count(({ cancelFate }) => cancelFate === name);
  const ended = (name: string) => count(({ status }) => status === name);
  return countsTable([
    ['seed', proof.seed],
    ['orders', orders.length],
    ['seconds', Math.round(proof.elapsedMs / 1_000)],
    ['worker stopped', proof.stalls],
    ['– seconds in all', Math.round(proof.stalledMs / 1_000)],
    ['worker killed', proof.kills],
    ['worker ended by itself', proof.workerOwnEnds],
    ['cancels by the API', count(({ cancel }) => cancel?.by === 'api')],
    ['cancels by signal', count(({ cancel }) => cancel?.by === 'signal')],
    ['– had their effect', fate('cancelled')],
    ['– refused with the reason', fate('refused')],
    ['– wait for a person', fate('waits for a person')],
    ['– unanswered', fate('unanswered')],
    ['– lost', fate('lost')],
    ['orders delivered', ended('delivered')],
    ['orders cancelled', ended('cancelled')],
    ['orders that ended otherwise', ended('rejected') + ended('failed')],
    ['orders that wait for a person', count((one) => !isEnded(one) && one.waits.length > 0)],
  ]);
}
