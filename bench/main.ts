import { writeFile } from 'node:fs/promises';
import { arms } from './arms.js';
import { Ground } from './ground.js';
import { describeMachine } from './machine.js';
import { measure } from './measure.js';
import { readOptions, type BenchOptions } from './options.js';
import { requireProc } from './processes.js';
import type { Report, Run } from './report.js';
import { summarize } from './summary.js';
import { conditions, figuresTable, ratiosTable } from './tables.js';

const print = (line: string): void => {
  console.log(line);
};

const options = readOptions(process.argv.slice(2));
requireProc();
const report = await takeFigures(options);
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
process.exitCode = show(report);

async function takeFigures({ latenciesMs, ...settings }: BenchOptions): Promise<Report> {
  const ground = await Ground.open(print);
  let isComplete = false;
  try {
    const runs = await takeRuns(ground, { latenciesMs, ...settings });
    const { orders, concurrency, warmUp, rounds, paceMs } = settings;
    const machine = await describeMachine(ground);
    isComplete = true;
    return {
      at: new Date().toISOString(),
      machine,
      settings: { orders, concurrency, warmUp, rounds, paceMs },
      runs,
    };
  } finally {
    if (!isComplete) print(`The logs are kept in ${ground.logFolder}`);
    await ground.stop({ keepsLogs: !isComplete });
  }
}

/** One arm after the other, then all again: what changes with time falls on all of them. */
async function takeRuns(ground: Ground, options: BenchOptions): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const latencyMs of options.latenciesMs) {
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const arm of arms) {
        const world = { latencyMs, paceMs: options.paceMs };
        const run = await measure(ground, arm, world, options, round);
        runs.push(run);
        print(progress(run));
      }
    }
  }
  return runs;
}

function progress({ arm, latencyMs, round, trips, elapsedMs }: Run): string {
  const perSecond = ((1_000 * trips.length) / elapsedMs).toFixed(1);
  return `${latencyMs} ms, round ${round}, ${arm}: ${trips.length} in ${elapsedMs} ms, ${perSecond}/s`;
}

/** @returns the exit code: 1 when an order was not delivered; a missed aim is shown, not fatal */
function show(report: Report): number {
  const summaries = summarize(report);
  print(`\n${conditions(report)}`);
  for (const summary of summaries) {
    print(`\n${figuresTable(summary)}\n\n${ratiosTable(summary)}`);
  }
  const undelivered = summaries
    .flatMap(({ arms }) => arms)
    .reduce((sum, arm) => sum + arm.undelivered, 0);
  if (undelivered === 0) return 0;
  print(`\n${undelivered} order(s) were not delivered: these figures do not count.`);
  return 1;
}
