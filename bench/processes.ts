import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';

export const processNames = [
  'api',
  'worker',
  'services',
  'relay',
  'temporal',
  'postgres_orders',
  'postgres_sandbox',
  'sandbox',
  'load_generator',
] as const;
export type ProcessName = (typeof processNames)[number];

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is. */
const msPerTick = 10;
const bytesPerMib = 1_048_576;

/** @throws Error on a system that does not tell CPU time by process in /proc */
export function requireProc(): void {
  if (platform() !== 'linux') throw new Error('The benchmark needs Linux: it reads /proc.');
}

/** CPU time of the process so far, without its children. */
export function cpuOf(pid: number): number {
  const [user, system] = cpuTimes(pid);
  return (user + system) * msPerTick;
}

/** CPU time of the process and its descendants so far, also of those that have ended. */
export function cpuOfTree(root: number): number {
  const ticks = treeOf(root).flatMap(cpuTimes);
  return ticks.reduce((sum, part) => sum + part, 0) * msPerTick;
}

/** Forgets the highest memory use so far, where the system lets us. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    return;
  }
}

export const peakMemoryMib = (pid: number): number =>
  kibibytesOf(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM') / 1024;

/** Memory now of a process and its descendants; what they share is counted once. */
export function memoryOfTreeMib(root: number): number {
  const sizes = treeOf(root).map((pid) => {
    const rollup = textOf(`/proc/${pid}/smaps_rollup`);
    return rollup === undefined ? 0 : kibibytesOf(rollup, 'Pss');
  });
  return (sizes.reduce((sum, size) => sum + size, 0) * 1024) / bytesPerMib;
}

const kibibytesOf = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** User and system time of the process, then of its children that have ended; all 0 when gone. */
function cpuTimes(pid: number): readonly [number, number, number, number] {
  const fields = statOf(pid);
  const tick = (index: number) => Number(fields?.[index] ?? 0);
  return [tick(11), tick(12), tick(13), tick(14)];
}

function treeOf(root: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), Number(statOf(Number(pid))?.[1] ?? 0)]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return pid === root || (parent !== undefined && parent > 0 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** What follows the name in /proc/<pid>/stat; the name itself may hold blanks and brackets. */
function statOf(pid: number): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
