import { writeFile } from 'node:fs/promises';
import { describeMachineWithTemporal } from './harness/machine.js';
import { countingStatements, withStack, type Print, type Stack } from './harness/stack.js';
import { requireProc } from './harness/usage.js';
import { measure } from './measure.js';
import { benchHelp, measuredAt, readBenchOptions, type BenchOptions } from './options.js';
import type { Report, Run } from './report.js';
import { summarize, summarizeMix } from './summary.js';
import { conditions, figuresTable, mixTables, ratiosTable } from './tables.js';
import { mixVariant, variants, type Variant } from './variants.js';

const print: Print = (line) => {
  console.log(line);
};

const options = readBenchOptions(process.argv.slice(2));
if (options.help) print(benchHelp());
else process.exitCode = await bench();

async function bench(): Promise<number> {
  requireProc();
  const stackOptions = { name: 'bench', print, postgres: countingStatements };
  const report = await withStack(stackOptions, (stack) => takeFigures(stack, options));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
  return show(report);
}

async function takeFigures(stack: Stack, chosen: BenchOptions): Promise<Report> {
  await stack.renew('memory');
  const { orders, concurrency, warmUp, rounds, paceMs } = chosen;
  return {
    at: new Date().toISOString(),
    machine: await describeMachineWithTemporal(stack),
    settings: { orders, concurrency, warmUp, rounds, paceMs },
    ...(await takeRuns(stack, chosen)),
  };
}

/** One variant after the other, then all again: what changes with time falls on all of them. */
async function takeRuns(
  stack: Stack,
  chosen: BenchOptions,
): Promise<Pick<Report, 'runs' | 'mixRuns'>> {
  const runs: Run[] = [];
  const mixRuns: Run[] = [];
  for (const latencyMs of chosen.latenciesMs) {
    const measured = measuredAt(latencyMs, chosen);
    const take = async (variant: Variant, round: number, load: string): Promise<Run> => {
      const { paceMs } = chosen;
      const run = await measure(stack, variant, { latencyMs, paceMs }, chosen, round);
      const perSecond = ((1_000 * run.trips.length) / run.elapsedMs).toFixed(1);
      print(`${latencyMs} ms, round ${round}, ${variant.name}${load}: ${perSecond}/s`);
      return run;
    };
    for (let round = 1; round <= chosen.rounds; round += 1) {
      if (measured.variants) for (const one of variants) runs.push(await take(one, round, ''));
      if (measured.mix) mixRuns.push(await take(mixVariant, round, ' (mix)'));
    }
  }
  return { runs, mixRuns };
}

/** @returns the exit code: 1 when an order did not end well; a missed aim is shown, not fatal */
function show(report: Report): number {
  const summaries = summarize(report);
  const mixes = summarizeMix(report);
  print(`\n${conditions(report)}`);
  for (const summary of summaries) print(`\n${figuresTable(summary)}\n\n${ratiosTable(summary)}`);
  for (const mix of mixes) print(`\n${mixTables(mix)}`);
  const unfinished = [...summaries, ...mixes]
    .flatMap(({ variants: shown }) => shown)
    .reduce((sum, { unfinished: count }) => sum + count, 0);
  if (unfinished === 0) return 0;
  print(`\n${unfinished} order(s) did not end as they should: these figures do not count.`);
  return 1;
}
