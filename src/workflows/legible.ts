import { log } from '@temporalio/workflow';
import { refuse } from './refusal.js';
import type { OrderLife } from './order-life.js';

/** Whether a message has these members, each a text. Whoever has the `temporal` CLI can send anything. */
const isLegible = (message: unknown, members: readonly string[]): boolean =>
  typeof message === 'object' &&
  message !== null &&
  members.every((name) => typeof (message as Record<string, unknown>)[name] === 'string');

/**
 * What a signal's handler does with a message that has these members; any other is passed over. One that
 * cannot be read must not fail the workflow's task: it is tried again for ever, and the order stands still.
 */
export const whenLegible =
  <Message>(members: readonly (keyof Message & string)[], hear: (message: Message) => void) =>
  (message: Message): void => {
    if (isLegible(message, members)) hear(message);
    else log.warn('a signal that cannot be read was passed over', { members });
  };

/** For a validator. @throws ApplicationFailure when the message lacks one of these members */
export function demandLegible<Message>(
  life: OrderLife,
  message: Message,
  ...members: readonly (keyof Message & string)[]
): void {
  if (!isLegible(message, members)) {
    throw refuse(life, `The message needs ${members.join(', ')}, each a text`);
  }
}
