import type { LabelLedgers } from '../activities/reconciliation-ports.js';
import { isOrderId, type OrderId } from '../domain/ids.js';
import type { BookedLabel } from '../domain/ledgers.js';
import {
  easypostClient,
  type CarrierShipment,
  type EasyPostClient,
  type EasyPostClientOptions,
  isUnknown,
  translated,
} from './easypost-client.js';

const pageSize = 100;

/** The carrier's own list of labels, newest first, to compare ours with. */
export function easypostLedger(options: EasyPostClientOptions): LabelLedgers {
  const client = easypostClient(options);
  return {
    listLabels: (since) => listLabels(client, since),
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

async function* listLabels(client: EasyPostClient, since: Date): AsyncGenerator<BookedLabel, void> {
  let cursor: string | undefined;
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
