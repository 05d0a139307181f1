import type { OrderId } from '../domain/ids.js';

/**
 * A published fact of an order: a CloudEvent 1.0 in its JSON format. It never changes.
 */
export interface OrderEvent<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** The same in every delivery: `evt_`, the order's suffix, the sequence. */
  readonly id: string;
  /** `/v1/orders`. */
  readonly source: string;
  /** Such as `order.placed`. */
  readonly type: Type;
  /** The order's id. */
  readonly subject: OrderId;
  /** When it happened, RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** The name of the schema of `data`, an absolute URI: it ends with the type and the version. */
  readonly dataschema: string;
  /** The version of `data`, from 1. */
  readonly dataversion: number;
  /** The event's place among those of its order, from 1, without a gap. */
  readonly ordersequence: number;
  /** W3C trace context: one trace for all events of an order. */
  readonly traceparent: string;
  readonly data: Data;
}

/** An event with its place in the order that all readers share. */
export interface LoggedEvent {
  readonly position: number;
  readonly event: OrderEvent;
}
