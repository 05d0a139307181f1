import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { RunningChild } from '../../src/up/child-process.js';
import { buildWithGo } from '../../src/up/temporal/makers.js';
import { findIfAny, runs } from '../../src/up/temporal/program.js';
import { waitFor } from './wait-for.js';

/** The version in tools/nats/go.mod. */
const version = '2.15.2';

/** Finds a NATS server, or builds it once with Go. */
export function findNatsServer() {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const search = { config: upConfig(), environment: inheritedEnvironment(), print };
  return findIfAny(
    {
      title: 'NATS server',
      variable: 'NATS_SERVER',
      command: 'nats-server',
      cachedAs: `nats-server-${version}`,
      isUsable: runs,
      makers: {
        'Go build': buildWithGo('nats', 'nats-server', 'github.com/nats-io/nats-server/v2', search),
      },
    },
    search,
  );
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
