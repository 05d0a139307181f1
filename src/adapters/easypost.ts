import type { Carrier, Label, VoidedLabel } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import {
  easypostClient,
  hasCode,
  isUnprocessable,
  translated,
  type CarrierRate,
  type CarrierShipment,
  type EasyPostClient,
  type EasyPostClientOptions,
} from './easypost-client.js';
import { purchaseOf, returnPurchaseOf, type LabelPurchase } from './easypost-draft.js';
import { PostgresEffect, type BookCall } from './postgres-effect.js';
import {
  markBought,
  postgresShipments,
  type BoughtLabel,
  type OwnShipment,
  type ShipmentRow,
  type Shipments,
} from './postgres-shipments.js';
import { withinOperation } from './time-limits.js';

export interface EasyPostOptions extends EasyPostClientOptions {
  /** It keeps which of the carrier's shipments is ours. */
  readonly database: Database;
}

interface Parts {
  readonly client: EasyPostClient;
  readonly shipments: Shipments;
}

/**
 * Labels over EasyPost, which has no idempotency keys. Still a shipment of ours has at most one label:
 * a shipment created at EasyPost costs nothing, only the one named in our row is bought, and EasyPost
 * sells one label for it. A void marks our row before it looks at EasyPost, a purchase marks it after
 * it has bought: the later one sees the other, and voids the label.
 */
export function easypostCarrier({ database, ...options }: EasyPostOptions): Carrier {
  const parts = { client: easypostClient(options), shipments: postgresShipments(database) };
  const buying = (wanted: LabelPurchase) =>
    new PostgresEffect(database, () => bounded(() => buyLabel(parts, wanted)));
  return {
    buyLabel: (request) => buying(purchaseOf(request)),
    buyReturnLabel: (request) => buying(returnPurchaseOf(request)),
    voidLabel: async ({ orderId, shipmentId }) => {
      const providerId = await parts.shipments.markVoided(shipmentId, orderId);
      if (providerId === null) return { kind: 'nothing_to_undo' };
      const voided = await bounded(() => voidAtCarrier(parts.client, providerId));
      // The parcel has left, so its order may continue and has to find the label that it bought.
      if (voided.kind === 'too_late') await parts.shipments.keep(shipmentId);
      return voided;
    },
  };
}

const bounded = <Answer>(operation: () => Promise<Answer>): Promise<Answer> =>
  translated(withinOperation(operation));

/** @returns what was known before or is refused; else the label with the call that marks it as bought */
async function buyLabel(
  parts: Parts,
  wanted: LabelPurchase,
): Promise<{ readonly outcome: Label } | BookCall<Label>> {
  const row = await parts.shipments.find(wanted.own.shipmentId);
  const label = row && labelInRow(row);
  if (label) return { outcome: label };
  try {
    const shipment = await quotedShipment(parts, wanted, row);
    if ('kind' in shipment) return { outcome: shipment };
    return await purchase(parts, wanted.own, shipment);
  } catch (error) {
    if (isUnprocessable(error)) return { outcome: { kind: 'refused', reason: error.code } };
    throw error;
  }
}

/** @returns undefined while nothing is bought. @throws ProviderRefused when it never will be. */
function labelInRow(row: ShipmentRow): BoughtLabel | undefined {
  if (row.state === 'voided') throw wasVoided();
  if (row.carrier === null || row.tracking_number === null) return undefined;
  return bought(row.carrier, row.tracking_number, row.tracking_url);
}

const bought = (
  carrier: string,
  trackingNumber: string,
  trackingUrl: string | null | undefined,
): BoughtLabel => ({
  kind: 'bought',
  carrier,
  trackingNumber,
  ...(trackingUrl != null && { trackingUrl }),
});

const wasVoided = () => new ProviderRefused('carrier: the shipment was voided');

/** The one shipment at the carrier that may be bought: the one in our row, or a new one. */
async function quotedShipment(
  { client, shipments }: Parts,
  { own, draft }: LabelPurchase,
  known: ShipmentRow | undefined,
): Promise<CarrierShipment | Label> {
  // The address was changed since the carrier was asked.
  const outdatedId = known && known.route_digest !== own.routeDigest ? known.provider_id : null;
  if (known?.provider_id != null && outdatedId === null) return client.retrieve(known.provider_id);
  const created = await client.create(draft);
  if (created.rates.length === 0) return noService;
  // The label for the old address may have been bought by an attempt whose answer was lost.
  if (outdatedId !== null) await translated(voidAtCarrier(client, outdatedId));
  const row = await shipments.claim(own, created.id, outdatedId);
  const label = labelInRow(row);
  if (label) return label;
  const isOurs = row.provider_id === null || row.provider_id === created.id;
  return isOurs ? created : client.retrieve(row.provider_id);
}

const noService: Label = { kind: 'refused', reason: 'no_service' };

async function purchase(
  { client }: Parts,
  { shipmentId }: OwnShipment,
  quoted: CarrierShipment,
): Promise<BookCall<Label>> {
  const shipment = quoted.postage_label ? quoted : await buyOnce(client, quoted);
  const label = labelOf(shipment);
  return {
    expression: markBought(shipmentId, shipment.id, label),
    outcomes: { bought: label },
    outcomeOf: async (answer) => {
      if ((answer as { readonly kind: string }).kind === 'bought') return label;
      await translated(withinOperation(() => voidAtCarrier(client, shipment.id)));
      throw wasVoided();
    },
  };
}

/** Only called for a shipment that had rates when it was created. */
const cheapest = (rates: CarrierShipment['rates']): CarrierRate =>
  rates.reduce((best, rate) => (Number(best.rate) <= Number(rate.rate) ? best : rate));

/** Buys the label, or finds the one that was bought when the answer got lost. */
async function buyOnce(
  client: EasyPostClient,
  { id, rates }: CarrierShipment,
): Promise<CarrierShipment> {
  try {
    return await client.buy(id, cheapest(rates).id);
  } catch (error) {
    if (!hasCode(error, 'SHIPMENT.POSTAGE.EXISTS')) throw error;
    return client.retrieve(id);
  }
}

function labelOf({ selected_rate, tracking_code, tracker }: CarrierShipment): BoughtLabel {
  if (selected_rate === null || tracking_code === null) {
    throw new ProviderUnavailable('carrier: the label has no tracking number yet');
  }
  return bought(selected_rate.carrier, tracking_code, tracker?.public_url);
}

/** In these statuses the carrier does not have the parcel. */
const atRest: ReadonlySet<string> = new Set(['unknown', 'pre_transit', 'cancelled', 'error']);

/** Voids the label of the carrier's shipment, if it has one and the carrier does not have the parcel. */
async function voidAtCarrier(client: EasyPostClient, providerId: string): Promise<VoidedLabel> {
  const outcome = outcomeOf(await client.retrieve(providerId));
  if (outcome) return outcome;
  try {
    await client.refund(providerId);
    return { kind: 'undone' };
  } catch (refusal) {
    if (!isUnprocessable(refusal)) throw refusal;
    // The parcel may have been handed over, or the label voided by another attempt, since we looked.
    const outcomeSince = outcomeOf(await client.retrieve(providerId));
    if (outcomeSince) return outcomeSince;
    throw refusal;
  }
}

/** @returns undefined when there is a label that can be voided. */
function outcomeOf(shipment: CarrierShipment): VoidedLabel | undefined {
  if (shipment.postage_label === null) return { kind: 'nothing_to_undo' };
  switch (shipment.refund_status) {
    case 'submitted':
    case 'refunded':
      return { kind: 'undone' };
    case 'rejected':
      throw new ProviderRefused('carrier: the label was not taken back');
    case 'not_applicable':
    case null:
      return hasParcel(shipment) ? { kind: 'too_late' } : undefined;
  }
}

const hasParcel = ({ tracker }: CarrierShipment): boolean =>
  tracker !== null && !atRest.has(tracker.status);
