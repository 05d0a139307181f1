import type { Generated } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import type { DefaultTime, Nullable, NullableTime } from './columns.js';

/** `none` stands for a round in which nobody could be asked. */
export type OfferState = 'offered' | 'accepted' | 'declined' | 'silent' | 'released' | 'none';

interface DeliveryPartnersTable {
  id: string;
  name: string;
  countries: string[];
  postal_prefixes: Generated<string[]>;
  capacity: Nullable<number>;
  answers: Generated<'at_once' | 'by_hand'>;
  email: Nullable<string>;
}

interface DeliveryOffersTable {
  id: Generated<string>;
  order_id: OrderId;
  partner_id: string | null;
  round: number;
  state: OfferState;
  offered_at: DefaultTime;
  until: NullableTime;
  answered_at: NullableTime;
  told_at: NullableTime;
  closed_at: NullableTime;
}

export interface DeliveryTables {
  'orders.delivery_partners': DeliveryPartnersTable;
  'orders.delivery_offers': DeliveryOffersTable;
  'orders.delivery_assignments': {
    order_id: OrderId;
    partner_id: string | null;
    assigned_at: DefaultTime;
    released_at: NullableTime;
  };
}
