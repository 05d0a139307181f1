import { once } from 'node:events';
import { z } from 'zod';
import type { ArgumentsOf } from '../arguments.js';
import { withApi, type CommandContext } from '../command-context.js';
import { stopSignal } from '../stop-signals.js';
import { bad, dim, good, strong } from '../terminal.js';
import { startListener, type Arrival } from './listener.js';
import { bodyOf, deleteAt, getJson, postJson } from '../json-client.js';

export type ListenCommand = CommandContext & ArgumentsOf<'listen'>;

/**
 * Registers a subscriber of its own with the stack that runs here and prints what arrives, until
 * Ctrl-C.
 * @returns the exit code
 */
export const listenCommand = (command: ListenCommand): Promise<number> =>
  withApi(command, async (apiUrl) => {
    const { print, types, status } = command;
    const listener = await startListener({
      status,
      onArrival: (arrival) => {
        print(lineOf(arrival));
      },
    });
    try {
      const subscription = await subscribe(apiUrl, { url: listener.url, types });
      listener.trust(subscription.secret);
      for (const line of opening(subscription, listener.url, apiUrl, command)) print(line);
      await once(stopSignal(), 'abort');
      await leave(subscription, command);
    } finally {
      await listener.stop();
    }
  });

const opening = (
  { id, secret, wasKept }: Subscription,
  url: string,
  apiUrl: string,
  { types, status }: ListenCommand,
): readonly string[] => [
  `${strong('Listening')} on ${url} for ${types.length === 0 ? 'all events' : types.join(', ')}`,
  `  endpoint    ${id}${wasKept ? ', kept from before' : ''}`,
  `  secret      ${secret}`,
  `  deliveries  curl -s ${apiUrl}/v1/webhook-endpoints/${id}/deliveries`,
  `  dead        curl -s ${apiUrl}/v1/dead-letters?consumer=${id}`,
  ...(status < 300 ? [] : [bad(`Every event is answered with ${status}.`)]),
  'Ctrl-C ends it.',
  '',
];

function lineOf(arrival: Arrival): string {
  const time = dim(new Date().toISOString().slice(11, 23));
  if (arrival.kind === 'refused') return `${time}  ${bad(`not ours: ${arrival.reason}`)}`;
  const { orderId, sequence, type, attempt, answered } = arrival;
  const place = `#${sequence}`.padEnd(4);
  const tries = attempt === 1 ? '' : `  attempt ${attempt}`;
  const result = answered < 300 ? good('✓ signed') : bad(`answered ${answered}`);
  return `${time}  ${orderId}  ${place} ${type.padEnd(28)} ${result}${tries}`;
}

async function leave(subscription: Subscription, command: ListenCommand): Promise<void> {
  const { id } = subscription;
  if (command.keep) {
    await subscription.keep();
    command.print(`The endpoint ${id} is still there; the next npm run listen takes it over.`);
    return;
  }
  await subscription.remove();
  command.print(`The endpoint ${id} is removed.`);
}

/** The endpoint that the API sends to. */
interface Subscription {
  readonly id: string;
  readonly secret: string;
  /** True when it was there before, with what was due to it. */
  readonly wasKept: boolean;
  /** @throws Error when the API does not say that it is gone */
  remove(): Promise<void>;
  /** Keeps it for the next `npm run listen`. */
  keep(): Promise<void>;
}

const inUse = 'npm run listen';
const kept = 'npm run listen, kept';

const withSecret = z.object({ id: z.string(), secret: z.string() });
const list = z.object({
  data: z.array(z.object({ id: z.string(), description: z.string().nullable() })),
});

/**
 * Registers an address at the API, with the endpoint that was kept if there is one. Its secret is
 * lost, so it gets a new one.
 * @throws Error when the API refuses it
 */
async function subscribe(
  apiUrl: string,
  wish: { readonly url: string; readonly types: readonly string[] },
): Promise<Subscription> {
  const endpoints = `${apiUrl}/v1/webhook-endpoints`;
  const change = async (id: string, body: object) =>
    bodyOf(await postJson(`${endpoints}/${id}`, body));

  const { data } = list.parse(await getJson(`${endpoints}?limit=100`));
  const found = data.find(({ description }) => description === kept);
  if (found !== undefined) {
    await change(found.id, { ...wish, description: inUse, state: 'enabled' });
  }
  const answer =
    found === undefined
      ? await postJson(endpoints, { ...wish, description: inUse })
      : await postJson(`${endpoints}/${found.id}/rotate-secret`, {});
  const { id, secret } = withSecret.parse(bodyOf(answer));
  return {
    id,
    secret,
    wasKept: found !== undefined,
    remove: async () => {
      bodyOf(await deleteAt(`${endpoints}/${id}`));
    },
    keep: async () => {
      await change(id, { description: kept });
    },
  };
}
