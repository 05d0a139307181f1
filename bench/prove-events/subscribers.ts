import { join } from 'node:path';
import { inheritedEnvironment } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { changeEndpoint, createEndpoint } from '../../src/events/webhooks/endpoints.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { repositoryRoot } from '../../src/up/folders.js';
import type { Stack } from '../harness/stack.js';
import { nodePart, SupervisedProcess } from '../harness/supervised-process.js';

interface Behaviour {
  readonly name: string;
  readonly types: readonly string[];
  readonly longestMs: number;
  readonly refusedShare: number;
}

/** The first one is killed. */
const behaviours: readonly [Behaviour, ...Behaviour[]] = [
  { name: 'killed', types: [], longestMs: 0, refusedShare: 0 },
  { name: 'slow', types: ['order.*'], longestMs: 150, refusedShare: 0 },
  { name: 'failing', types: ['order.*', 'payment.*'], longestMs: 0, refusedShare: 0.2 },
];

/** The subscriber chooses its port, and needs its secret before. */
const addressOf = (port: number): string => `http://127.0.0.1:${port}/`;

const script = join(repositoryRoot, 'bench/prove-events/subscriber.mjs');

export type Subscriber = Awaited<ReturnType<typeof startSubscriber>>;

export async function startSubscribers(stack: Stack, database: Database) {
  const start = (behaviour: Behaviour) => startSubscriber(stack, database, behaviour);
  const [killed, ...others] = behaviours;
  return Promise.all([start(killed), ...others.map(start)] as const);
}

async function startSubscriber(
  { folder, logFolder, wiring }: Stack,
  database: Database,
  { name, types, longestMs, refusedShare }: Behaviour,
) {
  const vault = createVault(wiring.secrets.webhookSecretKey);
  const endpoint = { url: addressOf(0), description: name, types };
  const made = await createEndpoint(database, vault, endpoint);
  if (made === undefined) throw new Error('There are too many endpoints');
  const file = join(folder, `received-by-${name}.jsonl`);
  let port = 0;
  const part = nodePart({
    name: 'services',
    // It keeps its port when it starts again.
    command: () => [script, file, port, made.secret, longestMs, refusedShare].map(String),
    environment: inheritedEnvironment(),
    logFile: join(logFolder, `subscriber-${name}.log`),
    onReady: (message) => ({ port } = message as { readonly port: number }),
  });
  const subscriber = await SupervisedProcess.start(part);
  await changeEndpoint(database, made.endpoint.id, { url: addressOf(port) });
  return { name, types, file, process: subscriber };
}
