import { execFileSync } from 'node:child_process';
import { repositoryRoot } from '../../src/up/repository.js';
import { describeMachine } from '../machine.js';
import { requireProc } from '../processes.js';
import type { Machine } from '../report.js';
import { compare } from './compare.js';
import { Ground, openPool } from './ground.js';
import { showLive } from './live/live.js';
import { objectionsTo } from './objections.js';
import { helpText, readOptions, type CompareOptions } from './options.js';
import { readEarlier, repetitionReport } from './repetition.js';
import { publish, State, type Settings } from './state.js';
import { outcomeTable } from './tables.js';
import { timeScale } from './time-scale.js';

const print = (line: string): void => {
  console.log(line);
};

const options = readOptions(process.argv.slice(2));
if (options.help) print(helpText());
else if (options.live !== undefined) await showLive(options.live, print);
else await run(options);

async function run(chosen: CompareOptions): Promise<void> {
  requireProc();
  const { seeds, rounds, orders, costOrders } = chosen;
  const settings: Settings = { seeds: [...seeds], rounds, orders, costOrders, timeScale };
  const earlier =
    chosen.against === undefined ? undefined : await readEarlier(chosen.against, chosen);
  const begun = { settings, at: new Date().toISOString(), commit: commitNow() };
  const state = await State.open(begun, chosen);
  const { machine, found } = await findOut(chosen, state);
  const { at, commit, minutes } = state.begun;
  const conditions = {
    at,
    commit,
    machine,
    seeds: [...seeds],
    rounds,
    ordersPerSeed: orders,
    timeScale,
    minutes: Math.round(minutes * 10) / 10,
  };
  if (chosen.out !== undefined) await publish(chosen.out, { ...found, conditions });
  print(`\n${outcomeTable(found.runs)}`);
  if (earlier !== undefined) print(`\n${repetitionReport(found.runs, earlier)}`);
  const objections = objectionsTo(found.runs);
  for (const objection of objections) print(`\n${objection}`);
  if (objections.length > 0) process.exitCode = 1;
  print(`\nOrders that are stuck, wrong or waiting: ${state.findings}`);
}

async function findOut(chosen: CompareOptions, state: State) {
  const ground = await Ground.open(print);
  let isComplete = false;
  try {
    const machine = await machineOf(ground);
    await compare(ground, chosen, state, process.stdout);
    isComplete = true;
    return { machine, found: state.found };
  } finally {
    if (!isComplete) print(`The logs are kept in ${ground.logFolder}`);
    await ground.stop({ keepsLogs: !isComplete });
  }
}

async function machineOf(ground: Ground): Promise<Machine> {
  await ground.begin({ hasEngine: true });
  const pool = openPool(ground.wiring.databaseUrl);
  try {
    return await ground.withTemporal((connection) => describeMachine({ connection, pool }));
  } finally {
    await pool.end();
  }
}

function commitNow(): string {
  try {
    const ran = { cwd: repositoryRoot, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', 'HEAD'], ran).trim();
  } catch {
    return 'unknown';
  }
}
