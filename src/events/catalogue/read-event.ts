import type { OrderEvent } from '../order-event.js';
import { catalogue, type EventData, type EventType } from './catalogue.js';
import type { EventDefinition } from './definition.js';

/** The event is of a version that this program does not read. */
export class UnknownVersion extends Error {
  override readonly name = 'UnknownVersion';
}

/**
 * The data of an event as its newest version has it, without members that this program does not know.
 * @throws UnknownVersion when the catalogue does not have its version
 * @throws ZodError when it is not what its type and version say
 */
export const readData = <Type extends EventType>(event: OrderEvent<Type>): EventData<Type> =>
  readDataAs(catalogue[event.type], event) as EventData<Type>;

/** As {@link readData}, by a definition that need not be in the catalogue. */
export function readDataAs(
  definition: EventDefinition,
  { type, dataversion, data }: OrderEvent,
): unknown {
  if (dataversion === definition.version) return definition.data.parse(data);
  const earlier = definition.earlier?.[dataversion];
  if (earlier === undefined) {
    throw new UnknownVersion(`${type} of version ${dataversion} is not known here`);
  }
  return definition.data.parse(earlier.renewed(earlier.data.parse(data)));
}
