import type { PayloadOf } from '../kit/recorder.js';
import type { Stop } from '../../domain/stop.js';
import type { Shipment } from '../../domain/shipment.js';
import type { OrderContext } from './context.js';

type Mail = PayloadOf<'sendMail'>;

const linesOf = ({ goods: { reducedTo } }: OrderContext) =>
  reducedTo === undefined ? {} : { lines: reducedTo };

export const sendOrderConfirmation = (order: OrderContext): Promise<null> =>
  order.recorder.performBeside('sendOrderConfirmation', linesOf(order), 'Tell the buyer');

export function notifySeller(order: OrderContext): Promise<null> {
  const summary = 'Ask the sellers to keep the goods ready';
  return order.recorder.performBeside('notifySeller', linesOf(order), summary);
}

/** A mail beside the main line. @param rest `sequence` distinguishes mails of one template */
export function sendMail(
  { recorder, background }: OrderContext,
  template: Mail['template'],
  rest: Omit<Mail, 'template'> = {},
): void {
  const name = ['sendMail', template, rest.sequence].filter(Boolean).join(':');
  const payload = { template, ...rest };
  background.run(name, () => recorder.performBeside('sendMail', payload, `Mail: ${template}`));
}

/** A mail to the buyer about a parcel. @param more `sequence` distinguishes mails of one kind */
export function mailAbout(
  order: OrderContext,
  { plan, label }: Shipment,
  template: 'shipped' | 'delayed' | 'delivered' | 'parcel_lost',
  {
    sequence = plan.shipmentId,
    data = {},
  }: { readonly sequence?: string; readonly data?: Mail['data'] } = {},
): void {
  const { shipmentId, lines } = plan;
  const { carrier, trackingNumber, trackingUrl } = label ?? {};
  const about = { shipmentId, lines, carrier, trackingNumber, trackingUrl, ...data };
  sendMail(order, template, { sequence, data: about });
}

/** Once for each stage: the buyer gets a mail about the delay, and the timeline shows it. */
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

/**
 * After an order ended without a delivery: mails to the buyer, and to sellers who keep goods ready.
 * @param wasAnnounced whether the sellers had been asked to
 */
export function sendCancellation(
  { recorder, background }: OrderContext,
  stop: Stop,
  wasAnnounced: boolean,
): void {
  const ending = stop.kind === 'cancelled' ? 'cancelled' : 'rejected';
  const reason = stop.kind === 'rejected' ? { reason: stop.reason } : {};
  const payload = { ending, tellSellers: wasAnnounced, ...reason } as const;
  background.run('sendCancellation', () =>
    recorder.performBeside('sendCancellation', payload, `Tell the buyer: ${ending}`),
  );
}
