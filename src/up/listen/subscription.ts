import { z } from 'zod';
import { bodyOf, deleteAt, getJson, postJson } from '../json-client.js';

/** The endpoint that the API sends to. */
export interface Subscription {
  readonly id: string;
  readonly secret: string;
  /** True when it was there before, with what was due to it. */
  readonly wasKept: boolean;
  /** @throws Error when the API does not say that it is gone */
  remove(): Promise<void>;
  /** Leaves it for the next one who listens. */
  keep(): Promise<void>;
}

const inUse = 'npm run listen';
const kept = 'npm run listen, kept';

const withSecret = z.object({ id: z.string(), secret: z.string() });
const list = z.object({
  data: z.array(z.object({ id: z.string(), description: z.string().nullable() })),
});

/**
 * Registers an address at the API, with the endpoint that was kept if there is one. Nobody has its
 * secret any more, so it gets another.
 * @throws Error when the API refuses it
 */
export async function subscribe(
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
