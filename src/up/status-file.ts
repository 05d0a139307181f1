import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning, type ProcessRecord, endProcess } from './process-identity.js';
import { writePrivately } from './secrets.js';

const partStatus = z.object({
  pid: z.number().int().positive().optional(),
  command: z.string().optional(),
  url: z.string().optional(),
});

/** In the order of a start; `down` and cleaning go the other way. */
export const statusKeys = [
  'postgres',
  'temporal',
  'temporal_ui',
  'sandbox',
  'inbox',
  'worker',
  'services',
  'relay',
  'api',
] as const;
export type StatusKey = (typeof statusKeys)[number];

const statusSchema = z.object({
  supervisor: z.object({
    pid: z.number().int().positive(),
    command: z.string(),
    started_at: z.string(),
  }),
  database_url: z.string().optional(),
  sandbox_database_url: z.string().optional(),
  ...(Object.fromEntries(statusKeys.map((key) => [key, partStatus.optional()])) as Record<
    StatusKey,
    z.ZodOptional<typeof partStatus>
  >),
});

export type Status = z.infer<typeof statusSchema>;
export type PartStatus = z.infer<typeof partStatus>;

export const statusFile = (stateDir: string): string => join(stateDir, 'status.json');

/** @returns undefined when there is none, or none that can be read */
export function readStatus(stateDir: string): Status | undefined {
  const file = statusFile(stateDir);
  if (!existsSync(file)) return undefined;
  try {
    return statusSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The status of the stack that runs here; undefined when none does. */
export function runningStatus(stateDir: string): Status | undefined {
  const status = readStatus(stateDir);
  return status !== undefined && isRunning(status.supervisor) ? status : undefined;
}

/** It holds the password of the database, so only its owner may read it. */
export function writeStatus(stateDir: string, status: Status): void {
  writePrivately(statusFile(stateDir), `${JSON.stringify(status, undefined, 2)}\n`);
}

export function removeStatus(stateDir: string): void {
  rmSync(statusFile(stateDir), { force: true });
}

/** The recorded processes, the supervisor not among them, in the order of a start. */
export function recordedProcesses(
  status: Status,
): readonly (ProcessRecord & { readonly key: StatusKey })[] {
  return statusKeys.flatMap((key) => {
    const { pid, command } = status[key] ?? {};
    return pid === undefined || command === undefined ? [] : [{ key, pid, command }];
  });
}

const graceMs = 10_000;

/**
 * Ends what a supervisor that was killed left behind, the last started first, and forgets it.
 * A process counts only when its command line is the recorded one: pids are used again.
 * @returns the names of the parts that still ran
 */
export async function endLeftovers(
  stateDir: string,
  status: Status,
): Promise<readonly StatusKey[]> {
  const running = recordedProcesses(status).filter(isRunning).reverse();
  for (const record of running) {
    await endProcess(record, record.key === 'postgres' ? 'SIGINT' : 'SIGTERM', graceMs);
  }
  removeStatus(stateDir);
  return running.map(({ key }) => key);
}
