import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const unclaimedLimitMs = 5_000;
const pollMs = 100;

/**
 * Tries once to take the lock. A lock whose holder is dead is taken over.
 * @param {string} folder the folder whose existence is the lock
 * @returns {{ kind: 'taken', release: () => void } | { kind: 'held', pid: number | undefined }}
 */
export function tryLock(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  if (claim(folder)) return taken(folder);
  const pid = holder(folder);
  if (pid !== undefined ? isAlive(pid) : isFresh(folder)) return { kind: 'held', pid };
  removeStale(folder, pid);
  return claim(folder) ? taken(folder) : { kind: 'held', pid: holder(folder) };
}

/**
 * Waits for the lock.
 * @param {string} folder the folder whose existence is the lock
 * @param {{ limitMs: number, onWait?: (pid: number | undefined) => void }} options
 * @returns {Promise<() => void>} gives the lock back
 * @throws {Error} when the lock is still held after limitMs
 */
export async function lockFolder(folder, { limitMs, onWait }) {
  const giveUpAt = Date.now() + limitMs;
  for (let told = false; ; told = true) {
    const attempt = tryLock(folder);
    if (attempt.kind === 'taken') return attempt.release;
    if (!told) onWait?.(attempt.pid);
    if (Date.now() > giveUpAt) {
      throw new Error(`Process ${attempt.pid ?? '?'} still holds ${folder}; gave up waiting.`);
    }
    await delay(pollMs);
  }
}

function claim(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

/**
 * Two processes may find the same dead lock, and the slower one must not remove the faster one's
 * new lock: so the folder is moved away first and looked at again.
 */
function removeStale(folder, deadPid) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (holder(aside) === deadPid) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, folder);
}

function taken(folder) {
  return { kind: 'taken', release: () => rmSync(folder, { recursive: true, force: true }) };
}

function holder(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A lock without a pid was made a moment ago, or its maker died in between. */
function isFresh(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs < unclaimedLimitMs;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
