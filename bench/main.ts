import { writeFile } from 'node:fs/promises';
import { aimsTable } from './aims.js';
import { otherReports, type OtherReports } from './docs.js';
import { runCommand } from './harness/arguments.js';
import { describeMachineWithTemporal } from './harness/machine.js';
import { countingStatements, withStack, type Stack } from './harness/stack.js';
import { requireProc } from './harness/usage.js';
import { measure } from './measure.js';
import { benchHelp, measuredAt, readBenchOptions, type BenchOptions } from './options.js';
import { showProfiles } from './profile/profile.js';
import type { Report, Run } from './report.js';
import { summarize, summarizeMix } from './summary.js';
import { conditions, figuresTable, mixTables } from './tables.js';
import { mixVariant, variants, type Variant } from './variants.js';

await runCommand(readBenchOptions, benchHelp, async (options) => {
  requireProc();
  const stackOptions = {
    ...{ name: 'bench', print: console.log, isSandboxApart: true },
    // From one commit to the other, by Postgres' own clock.
    postgres: { ...countingStatements, track_commit_timestamp: 'on' },
  };
  if (options.profile !== undefined) {
    const folder = options.profile;
    await withStack(stackOptions, async (stack) => {
      await stack.renew('memory');
      await showProfiles(stack, options, folder);
    });
    return;
  }
  const report = await withStack(stackOptions, (stack) => takeFigures(stack, options));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
  show(report, await otherReports());
});

async function takeFigures(stack: Stack, options: BenchOptions): Promise<Report> {
  await stack.renew('memory');
  const { orders, concurrency, warmUp, rounds, paceMs } = options;
  return {
    at: new Date().toISOString(),
    machine: await describeMachineWithTemporal(stack),
    settings: { orders, concurrency, warmUp, rounds, paceMs },
    ...(await takeRuns(stack, options)),
  };
}

/** One variant after the other, then all again: what changes with time falls on all of them. */
async function takeRuns(stack: Stack, options: BenchOptions) {
  const runs: Run[] = [];
  const mixRuns: Run[] = [];
  for (const latencyMs of options.latenciesMs) {
    const measured = measuredAt(latencyMs, options);
    const take = async (variant: Variant, round: number, load: string): Promise<Run> => {
      const { paceMs } = options;
      const run = await measure(stack, variant, { latencyMs, paceMs }, options, round);
      const perSecond = ((1_000 * run.trips.length) / run.elapsedMs).toFixed(1);
      console.log(`${latencyMs} ms, round ${round}, ${variant.name}${load}: ${perSecond}/s`);
      return run;
    };
    for (let round = 1; round <= options.rounds; round += 1) {
      if (measured.variants) for (const one of variants) runs.push(await take(one, round, ''));
      if (measured.mix) mixRuns.push(await take(mixVariant, round, ' (mix)'));
    }
  }
  return { runs, mixRuns };
}

/** An order that did not end well fails the run; a missed aim is shown, not fatal. */
function show(report: Report, others: OtherReports): void {
  const summaries = summarize(report);
  const mixes = summarizeMix(report);
  console.log(`\n${conditions(report)}`);
  for (const one of summaries) console.log(`\n${figuresTable(one)}`);
  for (const mix of mixes) console.log(`\n${mixTables(mix)}`);
  const { before, ...measured } = others;
  console.log(`\n${aimsTable({ report, ...measured }, before)}`);
  const unfinished = [...summaries, ...mixes]
    .flatMap(({ variants: shown }) => shown)
    .reduce((sum, { unfinished: count }) => sum + count, 0);
  if (unfinished === 0) return;
  console.log(`\n${unfinished} order(s) did not end as they should: these figures do not count.`);
  process.exitCode = 1;
}
