import { z } from 'zod';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What who reads may rely on; members that come later are allowed. */
export const jsonSchemaOf = (source: z.ZodType): JsonSchema =>
  z.toJSONSchema(source, { io: 'input', override: simplify });

/** The format says what the pattern of a time says, and JSON has no larger numbers. */
function simplify({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
