import { join } from 'node:path';
import { inheritedEnvironment } from '../../src/config.js';
import { changeEndpoint, createEndpoint } from '../../src/events/webhooks/endpoints.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { repositoryRoot } from '../../src/up/repository.js';
import type { Ground } from './ground.js';
import { KeptProcess } from './kept-process.js';
import { vaultKey } from './relays.js';

/** Somebody who gets webhooks, and the file in which he keeps them. */
export interface Subscriber {
  readonly name: string;
  readonly types: readonly string[];
  readonly endpointId: string;
  readonly file: string;
  readonly process: KeptProcess;
}

interface Manner {
  readonly name: string;
  readonly types: readonly string[];
  readonly longestMs: number;
  readonly refusedShare: number;
}

/** The one that is killed is the first. */
const manners: readonly Manner[] = [
  { name: 'killed', types: [], longestMs: 0, refusedShare: 0 },
  { name: 'slow', types: ['order.*'], longestMs: 150, refusedShare: 0 },
  { name: 'failing', types: ['order.*', 'payment.*'], longestMs: 0, refusedShare: 0.2 },
];

/** Which port it is, the subscriber tells; he has to know his secret before. */
const addressOf = (port: number): string => `http://127.0.0.1:${port}/`;

const script = join(repositoryRoot, 'bench/prove-events/subscriber.mjs');

export const startSubscribers = (ground: Ground): Promise<readonly Subscriber[]> =>
  Promise.all(manners.map((manner) => startSubscriber(ground, manner)));

async function startSubscriber(ground: Ground, manner: Manner): Promise<Subscriber> {
  const { database, folder } = ground;
  const { name, types, longestMs, refusedShare } = manner;
  const wish = { url: addressOf(0), description: name, types };
  const made = await createEndpoint(database, createVault(vaultKey), wish);
  if (made === undefined) throw new Error('There are too many endpoints');
  const file = join(folder, `received-by-${name}.jsonl`);
  let port = 0;
  const kept = await KeptProcess.start(
    () => ({
      command: [
        process.execPath,
        ...[script, file, port, made.secret, longestMs, refusedShare].map(String),
      ] as [string, ...string[]],
      environment: inheritedEnvironment(),
      logFile: join(folder, 'logs', `subscriber-${name}.log`),
      channel: true,
    }),
    (message) => ({ port } = message as { readonly port: number }),
  );
  await changeEndpoint(database, made.endpoint.id, { url: addressOf(port) });
  return { name, types, endpointId: made.endpoint.id, file, process: kept };
}
