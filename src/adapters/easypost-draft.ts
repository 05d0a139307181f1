import { createHash } from 'node:crypto';
import type { LabelRequest, PostalAddress, ReturnLabelRequest } from '../activities/ports.js';
import { returnShipmentIdOf } from '../domain/ids.js';
import type { CarrierAddress, ShipmentDraft } from './easypost-client.js';
import type { OwnShipment } from './postgres-shipments.js';

/** One label that shall be bought: our row for it, and what the carrier is asked for. */
export interface LabelPurchase {
  readonly own: OwnShipment;
  readonly draft: ShipmentDraft;
}

const gramsPerOunce = 28.349523125;

export function purchaseOf(request: LabelRequest): LabelPurchase {
  const draft = draftOf(request, request.to, request.from);
  return {
    draft,
    own: {
      shipmentId: request.shipmentId,
      orderId: request.orderId,
      kind: request.isReplacement ? 'replacement' : 'outbound',
      warehouseId: request.warehouseId,
      returnId: null,
      routeDigest: routeDigestOf(draft),
    },
  };
}

/** EasyPost turns the addresses of a return round itself: the customer's is still given as `to`. */
export function returnPurchaseOf(request: ReturnLabelRequest): LabelPurchase {
  const draft = { ...draftOf(request, request.from, request.to), is_return: true };
  return {
    draft,
    own: {
      shipmentId: returnShipmentIdOf(request.returnId),
      orderId: request.orderId,
      kind: 'return',
      warehouseId: null,
      returnId: request.returnId,
      routeDigest: routeDigestOf(draft),
    },
  };
}

const draftOf = (
  {
    weightGrams,
    currency,
    idempotencyKey,
  }: Pick<LabelRequest, 'weightGrams' | 'currency' | 'idempotencyKey'>,
  to: PostalAddress,
  from: PostalAddress,
): ShipmentDraft => ({
  reference: idempotencyKey,
  to_address: addressOf(to),
  from_address: addressOf(from),
  parcel: { weight: ouncesOf(weightGrams) },
  options: { currency },
});

const routeDigestOf = ({ to_address, from_address }: ShipmentDraft): string =>
  createHash('sha256')
    .update(JSON.stringify([to_address, from_address]))
    .digest('hex');

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
