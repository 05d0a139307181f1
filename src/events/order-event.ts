import { z } from 'zod';
import type { OrderId } from '../domain/ids.js';

/** What every event has around its data: CloudEvents 1.0 in its JSON format, with extensions of ours. */
export const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z
    .string()
    .describe(
      'the same in every delivery, by whichever way: ignore an event that you have seen before',
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
});

/** A published fact of an order. It never changes. */
export type OrderEvent<Type extends string = string, Data = unknown> = Readonly<
  Omit<z.output<typeof envelope>, 'type' | 'subject' | 'data'> & {
    type: Type;
    subject: OrderId;
    data: Data;
  }
>;

/** An event with its place in the order that all readers share. */
export interface LoggedEvent {
  readonly position: number;
  readonly event: OrderEvent;
}
