import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import { allRows, execute, firstRow, hasRow, type Database } from './database.js';

export type OfferState = 'offered' | 'accepted' | 'declined' | 'silent' | 'released' | 'none';

/** An offer to a partner to carry an order's last mile. */
export interface DeliveryOffer {
  readonly id: string;
  readonly orderId: OrderId;
  readonly partnerId: string;
  readonly round: number;
  readonly state: OfferState;
  readonly offeredAt: Date;
  /** Until when it stands; null where the partner takes everything at once. */
  readonly until: Date | null;
  readonly answeredAt: Date | null;
}

const columns = sql`id, order_id as "orderId", partner_id as "partnerId", round, state,
  offered_at as "offeredAt", until, answered_at as "answeredAt"`;

/**
 * Closes an open offer by its answer; one that is closed stays as it is, whatever is answered.
 * @returns how the offer stands now; undefined when there is none of this id
 */
export const answerOffer = (
  database: Database,
  offerId: string,
  answer: 'accept' | 'decline' | 'silent',
) => firstRow<DeliveryOffer>(database)`
    select ${columns} from orders.answer_delivery_offer(${offerId}, ${answer})
    where partner_id is not null`;

export const recordOfferNotified = (database: Database, offerId: string) => execute(database)`
    update orders.delivery_offers set notified_at = clock_timestamp() where id = ${offerId}`;

/** A partner's offers, newest first. @param after offers strictly older than this one */
export async function listOffers(
  database: Database,
  partnerId: string,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly state?: OfferState | undefined;
  },
): Promise<readonly DeliveryOffer[]> {
  const older = page.after === undefined ? sql`` : sql`and id < ${page.after}`;
  const inState = page.state === undefined ? sql`` : sql`and state = ${page.state}`;
  return allRows<DeliveryOffer>(database)`
    select ${columns} from orders.delivery_offers
    where partner_id = ${partnerId} ${older} ${inState} order by id desc limit ${page.limit}`;
}

export const partnerExists = (database: Database, partnerId: string) => hasRow(database)`
    select from orders.delivery_partners where id = ${partnerId}`;
