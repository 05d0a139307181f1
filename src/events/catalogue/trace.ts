import { TypeID } from 'typeid-js';
import type { OrderId } from '../../domain/ids.js';

/** An order's own trace, when nobody else began one: the UUID in its id, as 32 hexadecimal digits. */
const traceIdOf = (orderId: OrderId): string =>
  Buffer.from(TypeID.fromString(orderId).toUUIDBytes()).toString('hex');

/**
 * W3C trace context of an event: one trace for all events of an order, and a span for each.
 * @param given the trace that the order was placed in, if its caller had one
 */
export function traceparentOf(orderId: OrderId, sequence: number, given?: string | null): string {
  const own = traceIdOf(orderId);
  const span = `${own.slice(-8)}${sequence.toString(16).padStart(8, '0')}`;
  return `00-${given ?? own}-${span}-01`;
}

const traceparentPattern =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The trace id of a `traceparent` header; `undefined` when the header is none, or is malformed. */
export function traceIdIn(header: string | undefined): string | undefined {
  const match = traceparentPattern.exec(header ?? '');
  const [, traceId, more] = match ?? [];
  // A header of version 00 has four parts; those of later versions may have more.
  return more !== undefined && header?.startsWith('00') === true ? undefined : traceId;
}
