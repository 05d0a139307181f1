import type { OrderId } from '../../domain/ids.js';
import type { OrderEvent } from '../order-event.js';
import { catalogue, isEventType, type EventType } from './catalogue.js';
import type { EventDefinition } from './definition.js';
import { traceparentOf } from './trace.js';

/** A row of the outbox, and the trace that its order was placed in. */
export interface OutboxFact {
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
  /** 32 hexadecimal digits; absent when the order is its own trace. */
  readonly traceId?: string | null;
}

/** A fact that cannot be published as it is. It is kept for a person; others go on. */
export class UnpublishableFact extends Error {
  override readonly name: string = 'UnpublishableFact';
}

/** The catalogue has no such event. */
export class UnknownFact extends UnpublishableFact {
  override readonly name = 'UnknownFact';
}

/** The fact is not what its type says. */
export class UnfitFact extends UnpublishableFact {
  override readonly name = 'UnfitFact';
}

const eventSource = '/v1/orders';

/** The name of the JSON Schema of `data`. CloudEvents wants an absolute URI, and we do not know our address. */
export const schemaUri = (type: string, version: number): string =>
  `urn:event-schema:durable-orders:${type}:${version}`;

/** The same for the same fact, however often it is published. */
const eventIdOf = (orderId: OrderId, sequence: number): string =>
  `evt_${orderId.slice('ord_'.length)}_${sequence}`;

/**
 * The fact as the outside sees it.
 * @throws UnknownFact when the catalogue has no such type
 * @throws UnfitFact when the fact lacks what its type has
 */
export function toOrderEvent(fact: OutboxFact): OrderEvent<EventType> {
  const { orderId, sequence, type, at } = fact;
  if (!isEventType(type)) throw new UnknownFact(`There is no event ${type}`);
  const { version } = catalogue[type];
  return {
    specversion: '1.0',
    id: eventIdOf(orderId, sequence),
    source: eventSource,
    type,
    subject: orderId,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaUri(type, version),
    dataversion: version,
    ordersequence: sequence,
    traceparent: traceparentOf(orderId, sequence, fact.traceId),
    data: dataOf(type, fact),
  };
}

/** The members that the schema names, in snake_case. */
function dataOf(type: EventType, { orderId, sequence, data }: OutboxFact): unknown {
  const definition: EventDefinition = catalogue[type];
  // An item has its id under a name of its own; the envelope has an `id` already.
  const fact = snakeCase({ ...data, attentionId: data['id'] });
  try {
    const published = definition.data.parse(fact);
    return definition.fit?.(published as never) ?? published;
  } catch (cause) {
    throw new UnfitFact(`${type}, ${orderId} ${sequence}, is not what its type says`, { cause });
  }
}

function snakeCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(snakeCase);
  const members = Object.entries(value).map(([name, member]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    snakeCase(member),
  ]);
  return Object.fromEntries(members) as unknown;
}
