import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { getJson } from '../../../src/up/json-client.js';
import { statusQuery } from '../../../src/workflows/messages.js';
import { closedLoop } from '../../load.js';

/** What the API and the workflow say of an order's status; a text in brackets is no answer. */
export interface ToldStatuses {
  readonly api: string;
  readonly workflow: string;
}

interface Sources {
  readonly apiUrl: string;
  readonly client: Client;
}

/** A workflow that cannot be replayed never answers. */
const queryLimitMs = 5_000;
const atOnce = 8;

const orderAnswer = z.object({ status: z.string() });

export async function toldStatuses(
  sources: Sources,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, ToldStatuses>> {
  const told = await closedLoop(orderIds.length, atOnce, async (index) => {
    const orderId = orderIds[index]!;
    return [orderId, await statusesOf(sources, orderId)] as const;
  });
  return new Map(told);
}

async function statusesOf({ apiUrl, client }: Sources, orderId: string): Promise<ToldStatuses> {
  const ask = () => client.workflow.getHandle(orderId).query(statusQuery);
  const [api, workflow] = await Promise.all([
    getJson(`${apiUrl}/v1/orders/${orderId}`).then((body) => orderAnswer.parse(body).status),
    client.withDeadline(Date.now() + queryLimitMs, ask).then(({ status }) => status, noAnswer),
  ]);
  return { api, workflow };
}

const noAnswer = (error: unknown): string =>
  `(no answer: ${error instanceof Error ? error.message : String(error)})`;
