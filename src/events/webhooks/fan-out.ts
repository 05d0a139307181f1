import { execute } from '../../db/database.js';
import type { RelayConsumer } from '../consumer.js';
import type { OrderEvent } from '../order-event.js';

/** Turns each event into one webhook delivery per enabled endpoint with its type; a repeated one into none. */
export const webhookFanOut: RelayConsumer = {
  name: 'webhooks',
  apply: async (transaction, events) => {
    const notices = events.map((event, place) => ({ ...noticeOf(event), place }));
    // The lock makes an endpoint that is being deleted leave the list, and not fail the insert.
    await execute(transaction)`
      insert into events.webhook_deliveries
        (endpoint_id, event_id, order_id, sequence, position, type, version, event_at, traceparent)
      select endpoint.id, notice.event_id, notice.order_id, notice.sequence, logged.position,
        notice.type, notice.version, notice.event_at, notice.traceparent
      from jsonb_to_recordset(${JSON.stringify(notices)}::jsonb) as notice (
        event_id text, order_id text, sequence integer, type text, version integer,
        event_at timestamptz, traceparent text, place integer)
      join events.history logged
        on logged.order_id = notice.order_id and logged.sequence = notice.sequence
      join events.webhook_endpoints endpoint on endpoint.state = 'enabled'
        and endpoint.begins_after < logged.position
        and (endpoint.types = '{}' or exists (
          select from unnest(endpoint.types) wanted where wanted = notice.type
            or (right(wanted, 2) = '.*' and starts_with(notice.type, left(wanted, -1)))))
      order by notice.place
      for key share of endpoint
      on conflict (endpoint_id, event_id) do nothing`;
  },
};

const noticeOf = (event: OrderEvent) => ({
  event_id: event.id,
  order_id: event.subject,
  sequence: event.ordersequence,
  type: event.type,
  version: event.dataversion,
  event_at: event.time,
  traceparent: event.traceparent,
});
