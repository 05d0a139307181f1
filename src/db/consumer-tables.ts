import type { Generated } from 'kysely';
import type { DefaultTime, Nullable, NullableTime } from './columns.js';
import type { OrderId } from '../domain/ids.js';

export type ParkedState = 'retrying' | 'held' | 'dead' | 'discarded';

interface ParkedTable {
  id: Generated<string>;
  group_name: string;
  event_id: string;
  order_id: OrderId;
  position: number;
  state: ParkedState;
  attempts: Generated<number>;
  next_attempt_at: DefaultTime;
  error: Nullable<string>;
  parked_at: DefaultTime;
  first_failed_at: NullableTime;
  died_at: NullableTime;
}

export interface ConsumerTables {
  'events.groups': {
    name: string;
    position: Generated<number>;
    created_at: DefaultTime;
    moved_at: DefaultTime;
  };
  'events.inbox': { group_name: string; event_id: string; position: number; at: DefaultTime };
  'events.parked': ParkedTable;
  'events.letter_decisions': {
    id: Generated<number>;
    letter_id: string;
    group_name: string;
    event_id: string;
    order_id: OrderId;
    kind: 'replayed' | 'discarded';
    by: string;
    reason: Nullable<string>;
    at: DefaultTime;
  };
}
