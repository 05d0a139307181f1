import type { OrderEvent } from '../events/order-event.js';

/** The event with its members in the order in which people read them; the database has its own. */
export const eventBody = ({ data, ...event }: OrderEvent): OrderEvent => ({
  specversion: event.specversion,
  id: event.id,
  source: event.source,
  type: event.type,
  subject: event.subject,
  time: event.time,
  datacontenttype: event.datacontenttype,
  dataschema: event.dataschema,
  dataversion: event.dataversion,
  ordersequence: event.ordersequence,
  traceparent: event.traceparent,
  data,
});
