import { writeFile } from 'node:fs/promises';
import { arms, mixArms, type Arm } from './arms.js';
import { Ground } from './ground.js';
import { describeMachine } from './machine.js';
import { measure } from './measure.js';
import { summarizeMix } from './mix-summary.js';
import { helpText, measuredAt, readOptions, type BenchOptions } from './options.js';
import { requireProc } from './processes.js';
import type { Report, Run } from './report.js';
import { summarize } from './summary.js';
import { conditions, figuresTable, mixTable, pathsTable, ratiosTable } from './tables.js';

const print = (line: string): void => {
  console.log(line);
};

const options = readOptions(process.argv.slice(2));
if (options.help) print(helpText());
else process.exitCode = await bench(options);

/** @returns the exit code */
async function bench(options: BenchOptions): Promise<number> {
  requireProc();
  const report = await takeFigures(options);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
  return show(report);
}

async function takeFigures(options: BenchOptions): Promise<Report> {
  const ground = await Ground.open(print);
  let isComplete = false;
  try {
    const taken = await takeRuns(ground, options);
    const { orders, concurrency, warmUp, rounds, paceMs } = options;
    const machine = await describeMachine(ground);
    isComplete = true;
    return {
      at: new Date().toISOString(),
      machine,
      settings: { orders, concurrency, warmUp, rounds, paceMs },
      ...taken,
    };
  } finally {
    if (!isComplete) print(`The logs are kept in ${ground.logFolder}`);
    await ground.stop({ keepsLogs: !isComplete });
  }
}

/** One arm after the other, then all again: what changes with time falls on all of them. */
async function takeRuns(
  ground: Ground,
  options: BenchOptions,
): Promise<Pick<Report, 'runs' | 'mixRuns'>> {
  const runs: Run[] = [];
  const mixRuns: Run[] = [];
  for (const latencyMs of options.latenciesMs) {
    const measured = measuredAt(latencyMs, options);
    const take = async (arm: Arm, round: number, load: string): Promise<Run> => {
      const run = await measure(ground, arm, { latencyMs, paceMs: options.paceMs }, options, round);
      print(progress(run, load));
      return run;
    };
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const arm of measured.arms ? arms : []) runs.push(await take(arm, round, ''));
      for (const arm of measured.mix ? mixArms : []) mixRuns.push(await take(arm, round, ' (mix)'));
    }
  }
  return { runs, mixRuns };
}

function progress({ arm, latencyMs, round, trips, elapsedMs }: Run, load: string): string {
  const perSecond = ((1_000 * trips.length) / elapsedMs).toFixed(1);
  return (
    `${latencyMs} ms, round ${round}, ${arm}${load}: ` +
    `${trips.length} in ${elapsedMs} ms, ${perSecond}/s`
  );
}

/** @returns the exit code: 1 when an order did not end well; a missed aim is shown, not fatal */
function show(report: Report): number {
  const summaries = summarize(report);
  const mixes = summarizeMix(report);
  print(`\n${conditions(report)}`);
  for (const summary of summaries) {
    print(`\n${figuresTable(summary)}\n\n${ratiosTable(summary)}`);
  }
  for (const summary of mixes) print(`\n${mixTable(summary)}\n\n${pathsTable(summary)}`);
  const unfinished = [...summaries, ...mixes]
    .flatMap(({ arms }) => arms)
    .reduce((sum, arm) => sum + arm.unfinished, 0);
  if (unfinished === 0) return 0;
  print(`\n${unfinished} order(s) did not end as they should: these figures do not count.`);
  return 1;
}
