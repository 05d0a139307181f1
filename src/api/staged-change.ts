import { createHash } from 'node:crypto';
import { discardChange, stageChange, type StagedContent } from '../db/staged-changes.js';
import { newId } from '../db/new-id.js';
import type { StagedChange } from '../workflows/messages.js';
import { fingerprint } from './fingerprint.js';
import { refuse } from './request.js';
import type { Asked, Prepared } from './steer-order.js';

/**
 * Keeps the content in the database, so that the message carries nothing but its id. The same key
 * names the same change.
 */
export async function stagedChange(
  { api: { database }, orderId, key }: Asked<unknown>,
  content: StagedContent,
  by: string,
): Promise<Prepared<StagedChange>> {
  const id = key === undefined ? newId('chg') : changeIdOf(orderId, content.kind, key);
  const change = { id, orderId, content, fingerprint: fingerprint(content.data) };
  if (!(await stageChange(database, change))) refuse('idempotency_key_reused');
  return {
    argument: { changeId: id, by },
    discard: () => discardChange(database, id),
  };
}

const changeIdOf = (...parts: readonly string[]): string =>
  `chg_${createHash('sha256').update(parts.join('\n')).digest('hex')}`;
