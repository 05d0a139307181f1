import type { Carrier } from '../activities/ports.js';
import { ProviderRefused } from '../domain/failures.js';
import type { CarrierShipment, EasyPostClient } from './easypost-client.js';
import { isUnprocessable } from './easypost-failure.js';

type Voided = Awaited<ReturnType<Carrier['voidLabel']>>;

/** Statuses of a parcel that the carrier does not have. */
const atRest: ReadonlySet<string> = new Set(['unknown', 'pre_transit', 'cancelled', 'error']);

/** Gives the label of the carrier's shipment back, if it has one and the parcel is still here. */
export async function giveBack(client: EasyPostClient, providerId: string): Promise<Voided> {
  const settled = settlementOf(await client.retrieve(providerId));
  if (settled) return settled;
  try {
    await client.refund(providerId);
    return { kind: 'undone' };
  } catch (refusal) {
    if (!isUnprocessable(refusal)) throw refusal;
    // It may have been handed over, or given back by another attempt, since we looked.
    const settledSince = settlementOf(await client.retrieve(providerId));
    if (settledSince) return settledSince;
    throw refusal;
  }
}

/** @returns undefined when there is a label that can be given back. */
function settlementOf(shipment: CarrierShipment): Voided | undefined {
  if (shipment.postage_label === null) return { kind: 'nothing_to_undo' };
  switch (shipment.refund_status) {
    case 'submitted':
    case 'refunded':
      return { kind: 'undone' };
    case 'rejected':
      throw new ProviderRefused('carrier: the label was not taken back');
    case 'not_applicable':
    case null:
      return isOnItsWay(shipment) ? { kind: 'too_late' } : undefined;
  }
}

const isOnItsWay = ({ tracker }: CarrierShipment): boolean =>
  tracker !== null && !atRest.has(tracker.status);
