import { sql } from 'kysely';
import type {
  ClosedOffer,
  CompensationResult,
  DeliveryPartners,
  PartnerOffer,
} from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { answerOffer, type OfferState } from '../db/delivery-offers.js';
import { ProviderRefused } from '../domain/failures.js';
import type { OrderId } from '../domain/ids.js';
import { pickUpSlot } from '../domain/pick-up-slot.js';
import { compensationResults, PostgresEffect, type BookCall } from './postgres-effect.js';
import { translated } from './postgres-errors.js';

/** Partners, what they were offered and who carries what; who is asked is decided in the database. */
export const postgresDeliveryPartners = (database: Database): DeliveryPartners => ({
  offer: (request) => new PostgresEffect(database, offering(request)),
  settle: (orderId, offerId, answer) => translated(settle(database, orderId, offerId, answer)),
  release: (orderId) => new PostgresEffect(database, releasing(orderId)),
});

/**
 * The answer of a round is that of its beginning; `settle` returns how the offer ended. The time of the
 * offer is ours, since the pick-up follows from it and is written with the offer.
 */
function offering(request: Parameters<DeliveryPartners['offer']>[0]): BookCall<PartnerOffer> {
  const { orderId, round, country, postalCode, acceptMs } = request;
  const now = new Date();
  return {
    expression: sql`(
      select jsonb_build_object('partnerId', partner_id, 'offerId', id, 'at', offered_at,
        'until', to_char(until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'kind', case when partner_id is null then 'none' when until is null then 'assigned'
          else 'offered' end)
      from orders.make_delivery_offer(
        ${orderId}, ${round}, ${country}, ${postalCode}, ${acceptMs}, ${now}))`,
    outcomes: {
      none: { kind: 'none' },
      assigned: assigned('', now),
      offered: { kind: 'offered', partnerId: '', offerId: '', until: '' },
    },
    blanks: { partnerId: 'partnerId', offerId: 'offerId', until: 'until' },
    outcomeOf: (answer) => offerOf(answer as OfferAnswer),
  };
}

interface OfferAnswer {
  readonly kind: 'none' | 'assigned' | 'offered';
  readonly partnerId: string;
  readonly offerId: string;
  readonly until: string;
  readonly at: string;
}

function offerOf({ kind, partnerId, offerId, until, at }: OfferAnswer): PartnerOffer {
  if (kind === 'none') return { kind };
  return kind === 'assigned'
    ? assigned(partnerId, new Date(at))
    : { kind, partnerId, offerId, until };
}

async function settle(
  database: Database,
  ...[orderId, offerId, answer]: Parameters<DeliveryPartners['settle']>
): Promise<ClosedOffer> {
  const offer = await answerOffer(database, offerId, answer);
  if (offer?.orderId !== orderId) throw new ProviderRefused(`${orderId} has no offer ${offerId}`);
  return closedOffer(offer.partnerId, offer.state, offer.offeredAt);
}

const releasing = (orderId: OrderId): BookCall<CompensationResult> => ({
  expression: sql`jsonb_build_object('kind', case
    when orders.release_delivery(${orderId}) then 'undone' else 'nothing_to_undo' end)`,
  outcomes: compensationResults,
  outcomeOf: (answer) => answer as CompensationResult,
});

function closedOffer(partnerId: string, state: OfferState, offeredAt: Date): ClosedOffer {
  switch (state) {
    case 'accepted':
      return assigned(partnerId, offeredAt);
    case 'declined':
    case 'silent':
    case 'released':
      return { kind: 'none', partnerId, why: state };
    case 'offered':
    case 'none':
      throw new Error(`An offer that was answered is ${state}`);
  }
}

function assigned(partnerId: string, offeredAt: Date) {
  const { from, until } = pickUpSlot(offeredAt.toISOString());
  return { kind: 'assigned', partnerId, pickUpFrom: from, pickUpUntil: until } as const;
}
