import type { Generated } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import type { DefaultTime, Nullable, NullableTime, Time } from './columns.js';

export type WebhookEndpointState = 'enabled' | 'disabled';

/** `dead`: the tries are used up, and a person has to say what happens. */
export type WebhookDeliveryState = 'waiting' | 'delivered' | 'dead' | 'discarded';

interface WebhookEndpointsTable {
  id: string;
  url: string;
  description: Nullable<string>;
  types: Generated<string[]>;
  state: Generated<WebhookEndpointState>;
  state_reason: Nullable<string>;
  state_since: DefaultTime;
  created_at: DefaultTime;
  begins_after: number;
  /** Sealed, as is the previous one. */
  secret: string;
  previous_secret: Nullable<string>;
  previous_secret_until: NullableTime;
  consecutive_failures: Generated<number>;
  failing_since: NullableTime;
  circuit_open_until: NullableTime;
  paused_until: NullableTime;
}

interface WebhookDeliveriesTable {
  id: Generated<string>;
  endpoint_id: string;
  event_id: string;
  order_id: OrderId;
  sequence: number;
  position: number;
  type: string;
  version: number;
  event_at: Time;
  traceparent: string;
  state: Generated<WebhookDeliveryState>;
  attempts: Generated<number>;
  step: Generated<number>;
  next_attempt_at: DefaultTime;
  claim: Nullable<string>;
  claimed_until: NullableTime;
  created_at: DefaultTime;
  settled_at: NullableTime;
  decision: Nullable<'replayed' | 'discarded'>;
  decided_by: Nullable<string>;
  decided_reason: Nullable<string>;
  decided_at: NullableTime;
}

export interface WebhookTables {
  'events.webhook_endpoints': WebhookEndpointsTable;
  'events.webhook_deliveries': WebhookDeliveriesTable;
  'events.webhook_attempts': {
    delivery_id: string;
    number: number;
    at: Time;
    duration_ms: number;
    status_code: number | null;
    error: string | null;
  };
}
