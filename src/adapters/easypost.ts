import type { Carrier, Label, LabelRequest, PostalAddress } from '../activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import type { Database } from '../db/database.js';
import {
  easypostClient,
  type CarrierAddress,
  type CarrierRate,
  type CarrierShipment,
  type EasyPostClient,
  type EasyPostClientOptions,
  type ShipmentDraft,
} from './easypost-client.js';
import { hasCode, isUnprocessable, translated } from './easypost-failure.js';
import { giveBack } from './easypost-void.js';
import { postgresShipments, type ShipmentRow, type Shipments } from './postgres-shipments.js';

export interface EasyPostOptions extends EasyPostClientOptions {
  /** Where it is remembered which of the carrier's shipments is ours. */
  readonly database: Database;
  readonly shipFrom: PostalAddress;
}

interface Parts {
  readonly client: EasyPostClient;
  readonly shipments: Shipments;
  readonly shipFrom: PostalAddress;
}

type Bought = Extract<Label, { kind: 'bought' }>;

const gramsPerOunce = 28.349523125;

/**
 * Labels over EasyPost, which keeps no idempotency keys. Still there is at most one label for a
 * shipment of ours: a shipment created at EasyPost costs nothing and binds nobody; of those that our
 * attempts create, only the one that was first written into our row is ever bought; and EasyPost sells
 * a shipment one label. A void marks our row before it looks at EasyPost, a purchase marks it after it
 * has bought: whichever comes second sees the other, and gives the label back.
 */
export function easypostCarrier({ database, shipFrom, ...options }: EasyPostOptions): Carrier {
  const client = easypostClient(options);
  const shipments = postgresShipments(database);
  return {
    buyLabel: (request) => translated(buyLabel({ client, shipments, shipFrom }, request)),
    voidLabel: async ({ orderId, shipmentId }) => {
      const providerId = await shipments.markVoided(shipmentId, orderId);
      if (providerId === null) return { kind: 'nothing_to_undo' };
      return translated(giveBack(client, providerId));
    },
  };
}

async function buyLabel(parts: Parts, request: LabelRequest): Promise<Label> {
  const row = await parts.shipments.find(request.shipmentId);
  const label = row && labelInRow(row);
  if (label) return label;
  try {
    const shipment = await quotedShipment(parts, request, row?.provider_id ?? undefined);
    return 'kind' in shipment ? shipment : await purchase(parts, request, shipment);
  } catch (error) {
    if (isUnprocessable(error)) return { kind: 'refused', reason: error.code };
    throw error;
  }
}

/** @returns undefined while nothing is bought. @throws ProviderRefused when it never will be. */
function labelInRow({ state, carrier, tracking_number }: ShipmentRow): Bought | undefined {
  if (state === 'voided') throw wasVoided();
  if (carrier === null || tracking_number === null) return undefined;
  return { kind: 'bought', carrier, trackingNumber: tracking_number };
}

const wasVoided = () => new ProviderRefused('carrier: the shipment was voided');

/** The one shipment at the carrier that may be bought: the one in our row, or a new one. */
async function quotedShipment(
  { client, shipments, shipFrom }: Parts,
  request: LabelRequest,
  knownId: string | undefined,
): Promise<CarrierShipment | Label> {
  if (knownId !== undefined) return client.retrieve(knownId);
  const created = await client.create(draftOf(request, shipFrom));
  if (created.rates.length === 0) return noService;
  const row = await shipments.claim({ ...request, providerId: created.id });
  const label = labelInRow(row);
  if (label) return label;
  const isFirst = row.provider_id === null || row.provider_id === created.id;
  return isFirst ? created : client.retrieve(row.provider_id);
}

const noService: Label = { kind: 'refused', reason: 'no_service' };

async function purchase(
  { client, shipments }: Parts,
  { shipmentId }: LabelRequest,
  quoted: CarrierShipment,
): Promise<Label> {
  const shipment = quoted.postage_label ? quoted : await buyOnce(client, quoted);
  const label = labelOf(shipment);
  if (await shipments.markBought(shipmentId, label)) return label;
  // Translated here, or the refusal to take it back would pass for a refusal to sell it.
  await translated(giveBack(client, shipment.id));
  throw wasVoided();
}

/** Only a shipment that had rates when it was created is ever asked about. */
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

function labelOf({ selected_rate, tracking_code }: CarrierShipment): Bought {
  if (selected_rate === null || tracking_code === null) {
    throw new ProviderUnavailable('carrier: the label has no tracking number yet');
  }
  return { kind: 'bought', carrier: selected_rate.carrier, trackingNumber: tracking_code };
}

const draftOf = (
  { to, weightGrams, currency, idempotencyKey }: LabelRequest,
  from: PostalAddress,
): ShipmentDraft => ({
  reference: idempotencyKey,
  to_address: addressOf(to),
  from_address: addressOf(from),
  parcel: { weight: ouncesOf(weightGrams) },
  options: { currency },
});

/** Rounded up to a tenth, so that no parcel travels underpaid. */
const ouncesOf = (grams: number): number => Math.ceil((grams / gramsPerOunce) * 10) / 10;

const addressOf = ({ name, line1, line2, city, ...rest }: PostalAddress): CarrierAddress => ({
  name,
  street1: line1,
  ...(line2 !== undefined && { street2: line2 }),
  city,
  zip: rest.postalCode,
  country: rest.country,
});
