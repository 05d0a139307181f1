import type { AttentionChoice } from './attention.js';
import type { UndoName } from './saga.js';
import type { ServiceName } from './services.js';

/** The compensation of a service that a person can do in its place. */
const undoBy: Readonly<Partial<Record<string, UndoName>>> = {
  shipping: 'voidLabel',
  payment: 'voidAuthorization',
  'delivery-partner': 'releaseDeliveryPartner',
  loyalty: 'revokePoints',
} satisfies Partial<Record<ServiceName, UndoName>>;

/** Services without which an order can continue. */
const dispensable: readonly string[] = [
  'notification',
  'seller-notice',
] satisfies readonly ServiceName[];

/** A service, and the type of an event that became its dead letter. */
export interface DeadLettered {
  readonly service: string;
  readonly type: string;
}

/** The subject of an attention item about it. */
export const deadLetterSubject = ({ service, type }: DeadLettered): string => `${service}:${type}`;

/** The inverse of {@link deadLetterSubject}. */
export function deadLetteredIn(subject: string): DeadLettered {
  const [service = '', type = ''] = subject.split(':');
  return { service, type };
}

/** @returns the compensation that was not done; undefined for any other step */
export const undoneCompensation = ({ service, type }: DeadLettered): UndoName | undefined =>
  type === 'compensation.started' ? undoBy[service] : undefined;

/** What a person may decide: only a compensation can be done, or waived, outside of the services. */
export function deadLetterChoices(deadLettered: DeadLettered): readonly AttentionChoice[] {
  if (undoneCompensation(deadLettered) !== undefined) return ['retry', 'mark_done', 'waive'];
  return dispensable.includes(deadLettered.service) ? ['retry', 'waive'] : ['retry'];
}
