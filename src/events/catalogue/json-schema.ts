import { z } from 'zod';
import { catalogue, eventTypes, isEventType, type EventType } from './catalogue.js';
import type { EventDefinition } from './definition.js';
import { schemaUri } from './to-order-event.js';
import type { OrderEvent } from '../order-event.js';

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

type Described = Omit<OrderEvent, 'subject'> & { readonly subject: string };

/** What every event has around its data: CloudEvents 1.0 in its JSON format, with extensions of ours. */
const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z
    .string()
    .describe(
      'the same in every delivery, whichever way it comes: what was seen before has an effect no more',
    ),
  source: z.literal('/v1/orders'),
  type: z.string().describe('such as `order.placed`; without a version'),
  subject: z.string().describe('the id of the order'),
  time: z.iso.datetime().describe('when it happened, RFC 3339 in UTC'),
  datacontenttype: z.literal('application/json'),
  dataschema: z
    .string()
    .describe('the name of the JSON Schema of `data`; ends with the type and the version'),
  dataversion: z.int().min(1).describe('the version of `data`'),
  ordersequence: z
    .int()
    .min(1)
    .describe('the place of the event among those of its order: 1, 2, 3, without a gap'),
  traceparent: z.string().describe('W3C trace context: one trace for all events of an order'),
  data: z.unknown(),
}) satisfies z.ZodType<Described>;

export const envelopeSchema = (): JsonSchema => jsonSchemaOf(envelope);
