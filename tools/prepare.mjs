/**
 * Runs before `npm start` and `npm test`, with nothing installed yet: brings node_modules and dist
 * to the state of the lock file and the sources, and does nothing when they are there already.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from './folder-lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const lockFile = at('package-lock.json');
const installedStamp = at('node_modules', '.prepared');
const builtStamp = at('dist', '.prepared');
const oldestNode = [20, 19];
const otherPrepareLimitMs = 15 * 60_000;
const installLimitMs = 15 * 60_000;
const buildLimitMs = 5 * 60_000;

try {
  refuseOldNode();
  if (needsInstall() !== undefined || needsBuild()) await underLock(prepare);
} catch (error) {
  process.stderr.write(`prepare: ${error.message}\n`);
  process.exitCode = 1;
}

function prepare() {
  const reason = needsInstall();
  if (reason !== undefined) install(reason);
  if (needsBuild()) build();
}

async function underLock(work) {
  const release = await lockFolder(at('.orders', 'prepare.lock'), {
    limitMs: otherPrepareLimitMs,
    onWait: (pid) => say(`waiting for another prepare (process ${pid ?? '?'})`),
  });
  try {
    work();
  } finally {
    release();
  }
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(
    `Node ${oldestNode.join('.')} or later is needed; this is ${process.versions.node}.`,
  );
}

function needsInstall() {
  if (!existsSync(at('node_modules'))) return 'node_modules is missing';
  if (text(installedStamp) === hashOf([lockFile])) return undefined;
  if (!installedAsLocked()) return 'node_modules is not what package-lock.json asks for';
  stampIfAllowed(installedStamp, hashOf([lockFile]));
  return undefined;
}

/** A hand-made `npm ci` leaves no stamp of ours; npm's own record of it is as good. */
function installedAsLocked() {
  const record = text(at('node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const wanted = Object.entries(JSON.parse(text(lockFile)).packages);
  return wanted.every(
    ([path, entry]) =>
      path === '' ||
      (path in installed ? installed[path].version === entry.version : entry.optional === true),
  );
}

/** node_modules may belong to another user; then the comparison is made anew each time. */
function stampIfAllowed(file, content) {
  try {
    writeFileSync(file, content);
  } catch {
    return;
  }
}

function install(reason) {
  say(`npm ci, because ${reason}`);
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  timed('npm ci', () =>
    run(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], installLimitMs),
  );
  writeFileSync(installedStamp, hashOf([lockFile]));
}

function needsBuild() {
  return text(builtStamp) !== sourcesHash();
}

function build() {
  const hash = sourcesHash();
  timed('built dist', () => {
    const compiler = at('node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], buildLimitMs);
    rmSync(at('dist', 'db', 'migrations'), { recursive: true, force: true });
    cpSync(at('src', 'db', 'migrations'), at('dist', 'db', 'migrations'), { recursive: true });
    const bundler = at('dist', 'workers', 'build-bundle.js');
    if (existsSync(bundler)) run(process.execPath, [bundler], buildLimitMs);
    if (existsSync(at('examples'))) {
      run(process.execPath, [at('tools', 'transpile.mjs'), 'examples'], buildLimitMs);
    }
  });
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(builtStamp, hash);
}

function sourcesHash() {
  const sources = ['src', 'examples']
    .filter((folder) => existsSync(at(folder)))
    .flatMap((folder) => readdirSync(at(folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return hashOf([
    ...sources,
    at('tools', 'transpile.mjs'),
    at('tsconfig.json'),
    at('tsconfig.build.json'),
    lockFile,
  ]);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function run(command, args, limitMs) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', timeout: limitMs });
  if (result.error) throw new Error(`${command} could not run: ${result.error.message}`);
  if (result.status !== 0) {
    const end = result.status === null ? `was ended by ${result.signal}` : `gave ${result.status}`;
    throw new Error(`${[command, ...args].join(' ')} ${end}.`);
  }
}

function timed(what, work) {
  const startedAt = Date.now();
  work();
  say(`${what} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

function text(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function say(line) {
  process.stdout.write(`prepare: ${line}\n`);
}
