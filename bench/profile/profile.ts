import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decimal, markdownTable } from '../harness/markdown.js';
import type { Stack } from '../harness/stack.js';
import { sumOf } from '../harness/statistics.js';
import type { Member } from '../harness/system.js';
import { measure } from '../measure.js';
import type { BenchOptions } from '../options.js';
import type { Run } from '../report.js';
import { service } from '../variants.js';
import { selfTimes, type Self, type Window } from './samples.js';

const profiledRoles = ['api', 'worker', 'relay'] as const;
type ProfiledRole = (typeof profiledRoles)[number];
const shown = 20;
/** Regular expressions are functions to V8, named by all of their text. */
const longestName = 48;

/** One round of the service alone: a process that is profiled is dearer, so nothing is compared. */
export async function showProfiles(
  stack: Stack,
  options: BenchOptions,
  folder: string,
): Promise<void> {
  const foldersOfRoles = profiledRoles.map((role) => ({ role, own: join(resolve(folder), role) }));
  for (const { own } of foldersOfRoles) await mkdir(own, { recursive: true });
  const old = foldersOfRoles.flatMap(({ own }) => filesOf(own));
  const latencyMs = options.latenciesMs[0] ?? 0;
  const variant = {
    ...service,
    members: (conditions: Parameters<typeof service.members>[0]) =>
      service.members(conditions).map((member) => profiled(member, folder)),
  };
  const run = await measure(stack, variant, { latencyMs, paceMs: options.paceMs }, options, 1);
  const window = windowOf(run);
  for (const { role, own } of foldersOfRoles) {
    const files = filesOf(own).filter((file) => !old.includes(file));
    if (files.length === 0) throw new Error(`${role} left no profile in ${own}`);
    const profiles = files.map((file) => readFileSync(file, 'utf8'));
    console.log(`\n${profileBlock(role, run, selfTimes(profiles, window))}`);
  }
  console.log(`\nThe profiles are in ${folder}; the browser's developer tools open them.`);
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.cpuprofile'))
    .map((file) => join(folder, file));

/** Each thread writes a file of its own when the process ends. */
function profiled(member: Member, folder: string): Member {
  const { role } = member;
  if (!profiledRoles.some((one) => one === role)) return member;
  return {
    ...member,
    nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${join(resolve(folder), role)}`],
  };
}

/** Without the start of the processes and the orders that warm up. */
function windowOf({ trips, elapsedMs }: Run): Window {
  const monotonicUs = Number(process.hrtime.bigint()) / 1_000 - Date.now() * 1_000;
  const fromUs = Math.min(...trips.map(({ sentAtMs }) => sentAtMs)) * 1_000 + monotonicUs;
  return { fromUs, untilUs: fromUs + elapsedMs * 1_000 };
}

function profileBlock(role: ProfiledRole, run: Run, selves: readonly Self[]): string {
  const orders = run.trips.length;
  const perOrder = (some: readonly Self[]) => sumOf(some.map(({ ms }) => ms)) / orders;
  const owners = [...new Set(selves.map(({ owner }) => owner))]
    .map((owner) => ({ owner, ms: perOrder(selves.filter((self) => self.owner === owner)) }))
    .sort((one, other) => other.ms - one.ms)
    .filter(({ ms }) => ms >= 0.05);
  const all = sumOf(selves.map(({ ms }) => ms));
  return [
    `${role}: ${decimal((run.cpuMs[role] ?? 0) / orders)} ms of CPU per order. Its JavaScript threads ` +
      `were busy for ${decimal(all / orders)} ms by the clock, waits for a free core included: ` +
      `${owners.map(({ owner, ms }) => `${owner} ${decimal(ms)}`).join(', ')}.`,
    '',
    markdownTable([
      ['function', '%', 'ms per order', 'whose', 'where'],
      ...selves
        .slice(0, shown)
        .map(({ name, ms, owner, file }) => [
          name.slice(0, longestName),
          decimal((100 * ms) / all),
          (ms / orders).toFixed(2),
          owner,
          file,
        ]),
    ]),
  ].join('\n');
}
