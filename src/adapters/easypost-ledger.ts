import { isOrderId, type OrderId } from '../domain/ids.js';
import {
  easypostClient,
  type CarrierShipment,
  type EasyPostClient,
  type EasyPostClientOptions,
} from './easypost-client.js';
import { isUnknown, translated } from './easypost-failure.js';

/** A label as the carrier's own books have it. */
export interface BookedLabel {
  /** The carrier's id of the shipment: what `listLabels` goes on from. */
  readonly providerId: string;
  /** The idempotency key that the label was bought under, if it was bought by us. */
  readonly reference: string | null;
  readonly orderId: OrderId | null;
  readonly trackingNumber: string | null;
  readonly voided: boolean;
}

export interface EasyPostBooks {
  /**
   * Every label whose shipment was created at or after `since`, newest first, a page at a time.
   * @param beforeId only what is older than this shipment of the carrier's
   */
  listLabels(since: Date, beforeId?: string): AsyncIterable<BookedLabel>;
  /** @returns undefined when the carrier knows no such shipment, or sold no label for it */
  labelOf(providerId: string): Promise<BookedLabel | undefined>;
}

const pageSize = 100;

/** The carrier's own list of labels, to compare ours with. */
export function easypostLedger(options: EasyPostClientOptions): EasyPostBooks {
  const client = easypostClient(options);
  return {
    listLabels: (since, beforeId) => listLabels(client, since, beforeId),
    labelOf: (providerId) => translated(labelBehind(client, providerId)),
  };
}

async function labelBehind(
  client: EasyPostClient,
  providerId: string,
): Promise<BookedLabel | undefined> {
  try {
    const shipment = await client.retrieve(providerId);
    return shipment.postage_label === null ? undefined : labelOf(shipment);
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

async function* listLabels(
  client: EasyPostClient,
  since: Date,
  beforeId: string | undefined,
): AsyncGenerator<BookedLabel, void> {
  let cursor = beforeId;
  let hasMore = true;
  while (hasMore) {
    const before = cursor === undefined ? {} : { before_id: cursor };
    const page = await translated(client.all({ page_size: pageSize, purchased: true, ...before }));
    for (const shipment of page.shipments) {
      if (Date.parse(shipment.created_at) < since.getTime()) return;
      yield labelOf(shipment);
      cursor = shipment.id;
    }
    hasMore = page.has_more && page.shipments.length > 0;
  }
}

const labelOf = ({
  id,
  reference,
  tracking_code,
  refund_status,
}: CarrierShipment): BookedLabel => ({
  providerId: id,
  reference,
  orderId: orderIdIn(reference),
  trackingNumber: tracking_code,
  voided: refund_status === 'submitted' || refund_status === 'refunded',
});

/** A reference of ours begins with the order's id. */
function orderIdIn(reference: string | null): OrderId | null {
  const first = reference?.split(':')[0] ?? '';
  return isOrderId(first) ? first : null;
}
