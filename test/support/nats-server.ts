import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { cacheFolder, machineSuffix, repositoryRoot } from '../../src/up/folders.js';
import { RunningChild } from '../../src/up/child-process.js';
import {
  isExecutable,
  cachedBuild,
  onPath,
  firstHit,
  found,
  missing,
  type Finding,
} from '../../src/up/temporal/program.js';
import { runTool } from '../../src/up/temporal/tool-run.js';
import { waitFor } from './wait-for.js';

/** The version in tools/nats/go.mod. */
const version = '2.15.2';
const buildLimitMs = 10 * 60_000;
const run = promisify(execFile);

type NatsProgram =
  | { readonly kind: 'available'; readonly path: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Finds a NATS server, or builds it once with Go. */
export async function findNatsServer(): Promise<NatsProgram> {
  const config = upConfig();
  const target = join(cacheFolder(config), `nats-server-${version}-${machineSuffix}`);
  const named = config.NATS_SERVER;
  const hit = await firstHit([
    ...(named === undefined ? [] : [{ name: 'NATS_SERVER', find: () => asNamed(named) }]),
    { name: 'PATH', find: () => ifRuns(onPath('nats-server', config.PATH)) },
    { name: 'cache', find: () => ifRuns(Promise.resolve(target)) },
    { name: 'Go build', find: () => built(target, config.PATH) },
  ]);
  if (hit.kind === 'found') return { kind: 'available', path: hit.value };
  const reasons = hit.tried.map(({ source, reason }) => `${source}: ${reason}`);
  return { kind: 'unavailable', reason: reasons.join('; ') };
}

async function asNamed(file: string): Promise<Finding<string>> {
  if (await isExecutable(file)) return found(file);
  throw new Error(`NATS_SERVER is ${file}, which is not executable.`);
}

async function ifRuns(file: Promise<string | undefined>): Promise<Finding<string>> {
  const program = await file;
  if (program === undefined || !(await isExecutable(program))) return missing('not there');
  return run(program, ['--version'], { timeout: 10_000 }).then(
    () => found(program),
    () => missing(`${program} does not run`),
  );
}

async function built(target: string, path: string): Promise<Finding<string>> {
  const go = await onPath('go', path);
  if (go === undefined) return missing('no go on PATH');
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return cachedBuild({
    target,
    print,
    isUsable: isExecutable,
    make: async (folder) => {
      const program = join(folder, 'nats-server');
      print('nats-server: building it with Go, once');
      const problem = await runTool({
        command: [go, 'build', '-o', program, 'github.com/nats-io/nats-server/v2'],
        folder: join(repositoryRoot, 'tools', 'nats'),
        logFile: join(folder, 'build.log'),
        environment: inheritedEnvironment(),
        limitMs: buildLimitMs,
        onAlive: (seconds) => {
          print(`nats-server: building it with Go, ${seconds} s`);
        },
      });
      return problem === undefined ? found(program) : missing(`go build ${problem}`);
    },
  });
}

export interface NatsServer {
  readonly url: string;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Stops it as it is: it keeps its connections and answers nothing, until the other. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Starts it again over the same data. */
  start(): Promise<void>;
  /** Ends it and forgets its data. */
  remove(): Promise<void>;
}

/** A broker of one's own with JetStream, on a free port of the loopback. */
export async function startNatsServer(program: string): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-orders-nats-'));
  const port = await getPort({ host: '127.0.0.1' });
  const address = ['--addr', '127.0.0.1', '--port', String(port)];
  let child: RunningChild | undefined;
  const server: NatsServer = {
    url: `nats://127.0.0.1:${port}`,
    start: async () => {
      child = await RunningChild.launch({
        command: [program, ...address, '--jetstream', '--store_dir', join(folder, 'data')],
        environment: inheritedEnvironment(),
        logFile: join(folder, 'nats.log'),
        channel: false,
      });
      await waitFor('the NATS server to listen', () => listens(port));
    },
    kill: async () => {
      await child?.stop('SIGKILL', killLimitMs);
    },
    freeze: () => child?.signal('SIGSTOP'),
    thaw: () => child?.signal('SIGCONT'),
    remove: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

const killLimitMs = 5_000;

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
