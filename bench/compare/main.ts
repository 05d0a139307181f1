import { execFileSync } from 'node:child_process';
import { repositoryRoot } from '../../src/up/folders.js';
import { runCommand } from '../harness/arguments.js';
import { describeMachineWithTemporal } from '../harness/machine.js';
import { countingStatements, withStack } from '../harness/stack.js';
import { requireProc } from '../harness/usage.js';
import { compareHelp, readCompareOptions } from '../options.js';
import { writeComparison } from './data/comparison.js';
import { objectionsTo, outcomeTable, readEarlier, repetitionReport } from './report.js';
import { compare } from './run.js';
import { openState, urlOf } from './state.js';
import { timeScale } from './time-scale.js';

await runCommand(readCompareOptions, compareHelp, async (options) => {
  requireProc();
  const { rounds, orders, costOrders, out, against } = options;
  const seeds = [...options.seeds];
  const earlier = against === undefined ? undefined : await readEarlier(against, options);
  const settings = { seeds, rounds, orders, costOrders, timeScale };
  const begun = { settings, at: new Date().toISOString(), commit: commitNow() };
  const state = await openState(begun, options.isFresh);
  const stackOptions = { name: 'compare', print: console.log, postgres: countingStatements };
  const machine = await withStack(stackOptions, async (stack) => {
    await stack.renew('memory');
    const described = await describeMachineWithTemporal(stack);
    await compare(stack, options, state, console.log);
    return described;
  });
  const { runs, cost } = state.found();
  if (out !== undefined) {
    const { at, commit, minutes: spent } = state.begun();
    const minutes = Math.round(spent * 10) / 10;
    const scale = { seeds, rounds, ordersPerSeed: orders, timeScale, minutes };
    const conditions = { at, commit, machine, ...scale };
    await writeComparison(urlOf(out), { runs, cost, conditions });
  }
  console.log(`\n${outcomeTable(runs)}`);
  if (earlier !== undefined) console.log(`\n${repetitionReport(runs, earlier)}`);
  const objections = objectionsTo(runs);
  for (const objection of objections) console.log(`\n${objection}`);
  if (objections.length > 0) process.exitCode = 1;
  console.log(`\nOrders that are stuck, wrong or waiting: ${state.findings}`);
});

function commitNow(): string {
  try {
    const ran = { cwd: repositoryRoot, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', 'HEAD'], ran).trim();
  } catch {
    return 'unknown';
  }
}
