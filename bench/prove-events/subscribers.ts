import { join } from 'node:path';
import { inheritedEnvironment } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { createEndpoint } from '../../src/events/webhooks/endpoints.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { repositoryRoot } from '../../src/up/folders.js';
import { choosePorts } from '../../src/up/ports.js';
import { rolePart } from '../../src/up/roles.js';
import type { Stack } from '../harness/stack.js';
import { SupervisedProcess } from '../harness/supervised-process.js';

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
  const { api: port } = await choosePorts('free');
  const endpoint = { url: `http://127.0.0.1:${port}/`, description: name, types };
  const vault = createVault(wiring.secrets.webhookSecretKey);
  const made = await createEndpoint(database, vault, endpoint);
  if (made === undefined) throw new Error('There are too many endpoints');
  const file = join(folder, `received-by-${name}.jsonl`);
  const part = rolePart({
    role: 'services',
    script,
    args: [file, port, made.secret, longestMs, refusedShare].map(String),
    environment: inheritedEnvironment(),
    logFile: join(logFolder, `subscriber-${name}.log`),
  });
  return { name, types, file, process: await SupervisedProcess.start(part) };
}
