import {
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { MailData } from '../../src/activities/mails/mail-context.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { carrierEventSignal, type OrderInput } from '../../src/workflows/messages.js';
import type { PlainActivities } from './activities.js';
import { StatusBook } from './status-book.js';

const activities = proxyActivities<PlainActivities>({ startToCloseTimeout: '1 minute' });

/**
 * The same order as a reader of the Temporal documentation would write it: every step and every
 * status write is an activity, with the SDK's defaults. It has the same steps, providers, mails,
 * carrier signals and timeline; what it leaves out (deadlines on silence, cancels, second chances,
 * several parcels, attention items, search attributes, queries) makes it cheaper. Named `order`, so
 * that the same API starts it and the same webhook receiver signals it: both sagas pay the same for
 * HTTP.
 */
export async function order(input: OrderInput): Promise<string> {
  const { orderId, total: amount } = input;
  const shipmentId = shipmentIdOf(orderId);
  const book = new StatusBook(input, activities);
  const step = () => book.step();
  const compensations: (() => Promise<unknown>)[] = [];
  const asides: Promise<unknown>[] = [];
  let handedOver = false;
  let delivered = false;

  setHandler(carrierEventSignal, ({ milestone }) => {
    handedOver = true;
    delivered ||= milestone === 'delivered';
  });

  function beside(running: Promise<unknown>): void {
    // It is awaited at the end; until then a failure of it must not count as unhandled.
    running.catch(() => undefined);
    asides.push(running);
  }

  const mail = (template: 'order_placed' | 'shipped' | 'delivered', data?: MailData) =>
    book.told(
      `mail:${template}`,
      activities.sendMail(
        data === undefined ? { orderId, template } : { orderId, template, ...about(data) },
      ),
    );

  try {
    beside(mail('order_placed'));

    compensations.unshift(() => book.told('release', activities.releaseInventory(step())));
    const reserving = activities.reserveInventory({
      ...step(),
      lines: input.lines,
      partial: false,
      number: 1,
    });
    const stock = await book.told('reserve', reserving);
    if (stock.kind === 'short') throw refused('out_of_stock');
    const [parcel, ...others] = stock.allotments;
    if (parcel === undefined || others.length > 0) throw refused('several_parcels');

    compensations.unshift(() =>
      book.told('void', activities.voidAuthorization({ ...step(), amount, number: 1 })),
    );
    const authorizing = activities.authorizePayment({
      ...step(),
      amount,
      number: 1,
      inParts: false,
    });
    const payment = await book.told('authorize', authorizing);
    if (payment.kind !== 'authorized') throw refused('payment_declined');

    compensations.unshift(() => book.told('points-back', activities.revokePoints(step())));
    compensations.unshift(() =>
      book.told('partner-back', activities.releaseDeliveryPartner(step())),
    );
    beside(book.told('confirmation', activities.sendOrderConfirmation(step())));
    beside(book.told('seller', activities.notifySeller(step())));
    beside(
      book.told('partner', activities.assignDeliveryPartner({ ...step(), round: 0, acceptMs: 0 })),
    );
    if (input.member) beside(book.told('points', activities.awardPoints(step())));

    compensations.unshift(() =>
      book.told('void-label', activities.voidLabel({ ...step(), shipmentId, isAnswered: false })),
    );
    const buying = activities.createShipment({ ...step(), shipmentId, ...parcel, number: 1 });
    const label = await book.told('label', buying);
    if (label.kind === 'refused') throw refused('not_shippable');

    const settlement = { amount, paymentId: payment.paymentId, shipmentId, number: 1 };
    compensations.unshift(() =>
      book.told('refund', activities.refundPayment({ ...step(), ...settlement, scope: 'order' })),
    );
    const capturing = activities.capturePayment({
      ...step(),
      ...settlement,
      isPart: false,
      isRenewable: false,
    });
    const captured = await book.told('capture', capturing);
    if (captured.kind === 'authorization_lost') throw refused('payment_declined');

    await condition(() => handedOver);
    const { warehouseId, lines } = parcel;
    const issuing = activities.issueInventory({ ...step(), shipmentId, warehouseId });
    await book.told('handed-over', issuing);
    const { carrier, trackingNumber, trackingUrl } = label;
    const contents = { shipmentId, lines, carrier, trackingNumber, trackingUrl };
    beside(mail('shipped', { ...contents, amount }));

    await condition(() => delivered);
    await book.write('delivered', [
      { type: 'shipment.delivered', shipmentId },
      { type: 'order.delivered' },
    ]);
    beside(mail('delivered', contents));
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await book.write('compensation', [
        { type: 'compensation.started', cause: 'failed', undos: [] },
      ]);
      for (const compensate of compensations) await compensate();
      await book.write('ending', [{ type: 'order.failed', step: 'saga' }]);
    });
    throw error;
  }
  await Promise.all(asides);
  return book.state.status;
}

/** A mail about a parcel is told from those about others by the parcel's id. */
const about = (data: MailData) => ({
  data,
  ...(data.shipmentId !== undefined && { sequence: data.shipmentId }),
});

const refused = (reason: string) => ApplicationFailure.nonRetryable(reason);
