import type { AttentionChoice } from './attention.js';
import type { UndoName } from './saga.js';
import type { ServiceName } from './services.js';

/** What a service takes back when its order goes back, and a person can take back in its place. */
const undoBy: Readonly<Partial<Record<string, UndoName>>> = {
  shipping: 'voidLabel',
  payment: 'voidAuthorization',
  'delivery-partner': 'releaseDeliveryPartner',
  loyalty: 'revokePoints',
} satisfies Partial<Record<ServiceName, UndoName>>;

/** Services that nobody counts on: an order goes on without what they did not do. */
const dispensable: readonly string[] = [
  'notification',
  'seller-notice',
] satisfies readonly ServiceName[];

/** A service and the type of an event that it has given up. */
export interface DeadLettered {
  readonly service: string;
  readonly type: string;
}

/** What an attention item about it names as its subject. */
export const deadLetterSubject = ({ service, type }: DeadLettered): string => `${service}:${type}`;

/** The same the other way round. */
export function deadLetterIn(subject: string): DeadLettered {
  const [service = '', type = ''] = subject.split(':');
  return { service, type };
}

/** @returns the undo that was not done; undefined where the service was to do something else */
export const deadLetteredUndo = ({ service, type }: DeadLettered): UndoName | undefined =>
  type === 'compensation.started' ? undoBy[service] : undefined;

/** What a person may decide: only an undo can be done, or left, outside of the services. */
export function deadLetterChoices(givenUp: DeadLettered): readonly AttentionChoice[] {
  if (deadLetteredUndo(givenUp) !== undefined) return ['retry', 'mark_done', 'waive'];
  return dispensable.includes(givenUp.service) ? ['retry', 'waive'] : ['retry'];
}
