import type { z } from 'zod';
import { catalogue, eventTypes, isEventType, type EventType } from './catalogue.js';
import type { FactType } from '../../domain/facts.js';
import type { EventDefinition } from './definition.js';
import { jsonSchemaOf, type JsonSchema } from './to-json-schema.js';
import { schemaUri } from './to-order-event.js';

export interface PublishedSchema {
  readonly type: EventType;
  readonly version: number;
  /** Of `data`. */
  readonly schema: JsonSchema;
}

/** Every version of every event that was ever published. */
export const publishedSchemas = (): readonly PublishedSchema[] =>
  eventTypes.flatMap((type) =>
    Object.entries(versionsOf(type)).map(([version, data]) => ({
      type,
      version: Number(version),
      schema: describe(type, Number(version), data),
    })),
  );

/** The schema of `data`; `undefined` when there is no such event, or no such version of it. */
export function findSchema(type: string, version: number): JsonSchema | undefined {
  if (!isEventType(type)) return undefined;
  const data = versionsOf(type)[version];
  return data && describe(type, version, data);
}

type Versions = Pick<EventDefinition<FactType, z.ZodObject>, 'version' | 'data' | 'earlier'>;

function versionsOf(type: EventType): Readonly<Record<number, z.ZodObject>> {
  const { version, data, earlier = {} }: Versions = catalogue[type];
  const before = Object.entries(earlier).map(([number, old]) => [number, old.data] as const);
  return { ...Object.fromEntries(before), [version]: data };
}

const describe = (type: EventType, version: number, data: z.ZodObject): JsonSchema => {
  const { $schema, ...schema } = jsonSchemaOf(data);
  return {
    $schema,
    $id: schemaUri(type, version),
    title: `${type}, version ${version}`,
    description: catalogue[type].meaning,
    ...schema,
  };
};
