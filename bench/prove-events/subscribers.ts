import { join } from 'node:path';
import { inheritedEnvironment } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { changeEndpoint, createEndpoint } from '../../src/events/webhooks/endpoints.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { repositoryRoot } from '../../src/up/folders.js';
import type { Stack } from '../harness/stack.js';
import { startNode } from '../harness/supervised-process.js';

/** The first one is killed. */
const behaviours = [
  { name: 'killed', types: [], longestMs: 0, refusedShare: 0 },
  { name: 'slow', types: ['order.*'], longestMs: 150, refusedShare: 0 },
  { name: 'failing', types: ['order.*', 'payment.*'], longestMs: 0, refusedShare: 0.2 },
] as const;

const script = join(repositoryRoot, 'bench/prove-events/subscriber.mjs');

export type Subscriber = Awaited<ReturnType<typeof startSubscriber>>;

export const startSubscribers = (stack: Stack, database: Database) =>
  Promise.all(behaviours.map((behaviour) => startSubscriber(stack, database, behaviour)));

async function startSubscriber(
  { folder, logFolder, wiring }: Stack,
  database: Database,
  { name, types, longestMs, refusedShare }: (typeof behaviours)[number],
) {
  const addressOf = (port: number): string => `http://127.0.0.1:${port}/`;
  const vault = createVault(wiring.secrets.webhookSecretKey);
  // The subscriber chooses its port, and needs its secret before.
  const endpoint = { url: addressOf(0), description: name, types };
  const made = await createEndpoint(database, vault, endpoint);
  if (made === undefined) throw new Error('There are too many endpoints');
  const file = join(folder, `received-by-${name}.jsonl`);
  let port = 0;
  const subscriber = await startNode({
    name: 'services',
    // It keeps its port when it starts again.
    command: () => [script, file, port, made.secret, longestMs, refusedShare].map(String),
    environment: inheritedEnvironment(),
    logFile: join(logFolder, `subscriber-${name}.log`),
    onReady: (message) => ({ port } = message as { readonly port: number }),
  });
  await changeEndpoint(database, made.endpoint.id, { url: addressOf(port) });
  return { name, types, file, process: subscriber };
}
