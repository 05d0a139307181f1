import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { OrderId } from '../../src/domain/ids.js';
import { statusQuery } from '../../src/workflows/messages.js';

/**
 * An order that has ended, and has left the worker's cache, answers from its replayed history.
 * @returns undefined when the history replays, else what differs
 */
export async function replayDifferenceOf(
  client: Client,
  orderId: OrderId,
): Promise<string | undefined> {
  try {
    await client.workflow.getHandle(orderId).query(statusQuery);
    return undefined;
  } catch (error) {
    await keepHistory(client, orderId);
    return error instanceof Error ? error.message : String(error);
  }
}

/** For whoever has to find out why: into the folder PROPERTY_HISTORIES, where one is given. */
async function keepHistory(client: Client, orderId: OrderId): Promise<void> {
  const folder = process.env['PROPERTY_HISTORIES'];
  if (folder === undefined) return;
  const history = await client.workflow.getHandle(orderId).fetchHistory();
  await writeFile(join(folder, `${orderId}.json`), historyToJSON(history));
}
