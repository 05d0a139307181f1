import type { Request } from 'express';
import { findSchema } from '../../events/catalogue/json-schema.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';

const versionPattern = /^[1-9]\d{0,5}$/;

/** `GET /v1/event-schemas/{type}/{version}`: a JSON Schema. */
export function getEventSchema({ params }: Request): Reply {
  const { type, version } = params;
  const isPossible = typeof type === 'string' && typeof version === 'string';
  const schema =
    isPossible && versionPattern.test(version) ? findSchema(type, Number(version)) : undefined;
  return schema === undefined ? problem('event_schema_not_found') : content(200, schema);
}
