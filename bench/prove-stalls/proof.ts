import { Ground } from '../compare/ground.js';
import { driveRounds } from './drive.js';
import { judge } from './judges/judge.js';
import type { StallOptions } from './options.js';
import { planRounds, type Round } from './plan.js';
import { findingsOf, isProven, missingTrouble, verdictsOf, type StallProof } from './report.js';
import { openStack, type Stack } from './stack.js';

type Print = (line: string) => void;

/** Lets orders happen while their worker is stopped and killed, and judges what came of it. */
export async function proveStalls(options: StallOptions, print: Print): Promise<StallProof> {
  const ground = await Ground.open(print);
  let proof: StallProof | undefined;
  try {
    const stack = await openStack(ground, options.latencyMs);
    try {
      proof = await run(stack, options, print);
      return proof;
    } finally {
      await stack.stop();
    }
  } finally {
    const keepsLogs = proof === undefined || !isProven(proof);
    if (keepsLogs) print(`The logs are kept in ${ground.logFolder}`);
    await ground.stop({ keepsLogs });
  }
}

async function run(stack: Stack, options: StallOptions, print: Print): Promise<StallProof> {
  const { seed, orders: count, atOnce } = options;
  const rounds = planRounds(seed, count, atOnce);
  const startedAt = performance.now();
  const { orders, damage } = await driveRounds(stack, rounds, (index) => {
    print(`round ${index + 1} of ${rounds.length}: ${describe(rounds[index]!)}`);
  });
  const elapsedMs = performance.now() - startedAt;
  print('judging');
  const judged = await judge(stack, orders);
  return {
    seed,
    elapsedMs,
    damage,
    workerOwnEnds: stack.worker.ownEnds,
    orders: judged.orders,
    verdicts: verdictsOf(judged),
    findings: findingsOf(judged),
    vacuous: missingTrouble(damage, judged.orders),
  };
}

function describe({ orders, disturbance: { kind, afterMs, lastsMs } }: Round): string {
  const cancels = orders.filter(({ cancel }) => cancel !== undefined).length;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const what = kind === 'stall' ? `stopped for ${seconds(lastsMs)}` : 'killed';
  return `${orders.length} orders, ${cancels} cancels, worker ${what} after ${seconds(afterMs)}`;
}
