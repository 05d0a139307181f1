import { z } from 'zod';
import { catalogue, eventTypes, isEventType, type EventType } from './catalogue.js';
import type { EventDefinition } from './definition.js';
import { schemaUri } from './to-order-event.js';
import { envelope } from '../order-event.js';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What who reads may rely on; members that come later are allowed. */
const jsonSchemaOf = (source: z.ZodType): JsonSchema =>
  z.toJSONSchema(source, { io: 'input', override: simplify });

/** The format says what the pattern of a time says, and JSON has no larger numbers. */
function simplify({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

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

function versionsOf(type: EventType): Readonly<Record<number, z.ZodObject>> {
  const { version, data, earlier = {} }: EventDefinition = catalogue[type];
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

export const envelopeSchema = (): JsonSchema => jsonSchemaOf(envelope);
