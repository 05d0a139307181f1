import { createHash } from 'node:crypto';
import type { LabelRequest, PostalAddress, ReturnLabelRequest } from '../activities/ports.js';
import { returnShipmentIdOf } from '../domain/ids.js';
import type { OwnShipment } from './postgres-shipments.js';

/** What the carrier is asked for. */
export type ShipmentDraft = ReturnType<typeof draftOf> & { readonly is_return?: true };

/** One label that shall be bought: our row for it, and what the carrier is asked for. */
export interface LabelPurchase {
  readonly own: OwnShipment;
  readonly draft: ShipmentDraft;
}

export const purchaseOf = (request: LabelRequest): LabelPurchase =>
  purchase(draftOf(request, request.to, request.from), {
    shipmentId: request.shipmentId,
    orderId: request.orderId,
    kind: request.isReplacement ? 'replacement' : 'outbound',
    warehouseId: request.warehouseId,
    returnId: null,
  });

/** EasyPost swaps the addresses of a return itself: the customer's is still given as `to`. */
export const returnPurchaseOf = (request: ReturnLabelRequest): LabelPurchase =>
  purchase(
    { ...draftOf(request, request.from, request.to), is_return: true },
    {
      shipmentId: returnShipmentIdOf(request.returnId),
      orderId: request.orderId,
      kind: 'return',
      warehouseId: null,
      returnId: request.returnId,
    },
  );

function purchase(draft: ShipmentDraft, own: Omit<OwnShipment, 'routeDigest'>): LabelPurchase {
  const route = JSON.stringify([draft.to_address, draft.from_address]);
  const routeDigest = createHash('sha256').update(route).digest('hex');
  return { draft, own: { ...own, routeDigest } };
}

const draftOf = (
  request: LabelRequest | ReturnLabelRequest,
  to: PostalAddress,
  from: PostalAddress,
) => ({
  reference: request.idempotencyKey,
  to_address: addressOf(to),
  from_address: addressOf(from),
  parcel: { weight: ouncesOf(request.weightGrams) },
  options: { currency: request.currency },
});

const gramsPerOunce = 28.349523125;

/** Rounded up to a tenth, so that no parcel travels underpaid. */
const ouncesOf = (grams: number): number => Math.ceil((grams / gramsPerOunce) * 10) / 10;

const addressOf = ({ name, line1, line2, city, postalCode, country }: PostalAddress) => ({
  name,
  street1: line1,
  ...(line2 !== undefined && { street2: line2 }),
  city,
  zip: postalCode,
  country,
});
