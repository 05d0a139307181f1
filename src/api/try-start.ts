import type { StartAnswer } from '../temporal/order-workflows.js';
import type { ApiDependencies } from './dependencies.js';
import { describeError } from './request-log.js';

/** Starts the workflow of something that is accepted. The relay repeats a start that fails. */
export async function tryStart(
  { log }: ApiDependencies,
  what: 'order' | 'return',
  subject: { readonly order_id: string; readonly return_id?: string },
  start: Promise<StartAnswer>,
): Promise<void> {
  const answer = await start.catch((cause: unknown) => ({ kind: 'not_started' as const, cause }));
  if (answer.kind !== 'not_started') return;
  log.warn({ ...subject, err: describeError(answer.cause) }, `${what} waits for its start`);
}
