import type { PayloadOf } from '../kit/recorder.js';
import type { OrderContext } from './context.js';
import { sendMail } from './notification.js';
import type { Shipment } from '../../domain/shipment.js';

type Data = PayloadOf<'sendMail'>['data'];

/** Tells the buyer how the parcel is getting on. @param more `sequence` tells mails of one kind apart */
export function mailAbout(
  order: OrderContext,
  { plan, label }: Shipment,
  template: 'shipped' | 'delayed' | 'delivered' | 'parcel_lost',
  {
    sequence = plan.shipmentId,
    data = {},
  }: { readonly sequence?: string; readonly data?: Data } = {},
): void {
  const { shipmentId, lines } = plan;
  const { carrier, trackingNumber, trackingUrl } = label ?? {};
  const about = { shipmentId, lines, carrier, trackingNumber, trackingUrl, ...data };
  sendMail(order, template, { sequence, data: about });
}

/** Called once for each stage: the buyer is told of a silence, and the timeline shows it. */
export async function recordDelay(
  order: OrderContext,
  shipment: Shipment,
  stage: 'hand-over' | 'delivery',
): Promise<void> {
  const sequence = `${shipment.id}:${stage}`;
  const delayed = { type: 'shipment.delayed', shipmentId: shipment.id } as const;
  await order.recorder.record(`delayed:${sequence}`, [delayed]);
  mailAbout(order, shipment, 'delayed', { sequence });
}
