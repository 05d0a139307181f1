import {
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { MailData } from '../../src/activities/mails/mail-context.js';
import type { Step, StepResult } from '../../src/activities/step.js';
import { changesState, evolveAll } from '../../src/domain/evolve.js';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { placedWith, type OrderState } from '../../src/domain/order-state.js';
import { carrierEventSignal, type OrderInput } from '../../src/workflows/messages.js';
import type { PlainActivities } from './activities.js';

const activities = proxyActivities<PlainActivities>({ startToCloseTimeout: '1 minute' });

/** Where the order stands, and its status writes: each an activity of its own. */
class StatusBook {
  state: OrderState;
  private readonly orderId: OrderInput['orderId'];
  private revision = 0;

  constructor({ orderId, total }: OrderInput) {
    this.orderId = orderId;
    this.state = placedWith(total);
  }

  step(): Step {
    return { orderId: this.orderId, revision: this.revision + 1, before: this.state };
  }

  /** Waits for a step and writes what it brought about. @param key names the write in the order */
  async recordOutcome<Outcome>(
    key: string,
    running: Promise<StepResult<Outcome>>,
  ): Promise<Outcome> {
    const { outcome, facts } = await running;
    await this.write(key, facts);
    return outcome;
  }

  async write(key: string, facts: readonly Fact[]): Promise<void> {
    const { orderId } = this;
    if (!facts.some((fact) => changesState(fact.type))) {
      await activities.writeStatus({ orderId, key, facts });
      return;
    }
    this.revision += 1;
    this.state = evolveAll(this.state, facts);
    const change = { revision: this.revision, state: this.state };
    await activities.writeStatus({ orderId, key, facts, change });
  }
}

function beginSaga(input: OrderInput) {
  const compensations: (() => Promise<unknown>)[] = [];
  const asides: Promise<unknown>[] = [];
  return {
    input,
    shipmentId: shipmentIdOf(input.orderId),
    book: new StatusBook(input),
    compensations,
    asides,
    beside: (running: Promise<unknown>): void => {
      // It is awaited at the end; until then a failure of it must not count as unhandled.
      running.catch(() => undefined);
      asides.push(running);
    },
  };
}

type PlainSaga = ReturnType<typeof beginSaga>;

/**
 * The same order as a reader of the Temporal documentation would write it: every step and every
 * status write is an activity, with the SDK's defaults. It has the same steps, providers, mails,
 * carrier signals and timeline; what it leaves out (deadlines on silence, cancels, second chances,
 * several parcels, attention items, search attributes, queries) makes it cheaper. Named `order`, so
 * that the same API starts it and the same webhook receiver signals it: both sagas pay the same for
 * HTTP.
 */
export async function order(input: OrderInput): Promise<string> {
  const saga = beginSaga(input);
  const { book, shipmentId } = saga;
  let handedOver = false;
  let delivered = false;
  setHandler(carrierEventSignal, ({ milestone }) => {
    handedOver = true;
    delivered ||= milestone === 'delivered';
  });
  try {
    sendMail(saga, 'order_placed');
    const parcel = await reserve(saga);
    const paymentId = await authorize(saga);
    confirm(saga);
    const label = await buyLabel(saga, parcel);
    await capture(saga, paymentId);

    await condition(() => handedOver);
    const { warehouseId, lines } = parcel;
    const issuing = activities.issueInventory({ ...book.step(), shipmentId, warehouseId });
    await book.recordOutcome('handed-over', issuing);
    const { carrier, trackingNumber, trackingUrl } = label;
    const contents = { shipmentId, lines, carrier, trackingNumber, trackingUrl };
    sendMail(saga, 'shipped', { ...contents, amount: input.total });

    await condition(() => delivered);
    await book.write('delivered', [
      { type: 'shipment.delivered', shipmentId },
      { type: 'order.delivered' },
    ]);
    sendMail(saga, 'delivered', contents);
  } catch (error) {
    await CancellationScope.nonCancellable(() => compensate(saga));
    throw error;
  }
  await Promise.all(saga.asides);
  return book.state.status;
}

/** What is to be undone first if the saga fails. */
const undoBy = (
  { book, compensations }: PlainSaga,
  key: string,
  undo: (step: Step) => Promise<StepResult<unknown>>,
) => compensations.unshift(() => book.recordOutcome(key, undo(book.step())));

async function reserve(saga: PlainSaga) {
  const { book, input } = saga;
  undoBy(saga, 'release', activities.releaseInventory);
  const asked = { ...book.step(), lines: input.lines, partial: false, number: 1 };
  const stock = await book.recordOutcome('reserve', activities.reserveInventory(asked));
  if (stock.kind === 'short') throw refused('out_of_stock');
  const [parcel, ...others] = stock.allotments;
  if (parcel === undefined || others.length > 0) throw refused('several_parcels');
  return parcel;
}

async function authorize(saga: PlainSaga): Promise<string> {
  const { book } = saga;
  const amount = saga.input.total;
  undoBy(saga, 'void', (step) => activities.voidAuthorization({ ...step, amount, number: 1 }));
  const asked = { ...book.step(), amount, number: 1, inParts: false };
  const payment = await book.recordOutcome('authorize', activities.authorizePayment(asked));
  if (payment.kind !== 'authorized') throw refused('payment_declined');
  return payment.paymentId;
}

/** Nothing of this holds the order up. */
function confirm(saga: PlainSaga): void {
  const { book, input, beside } = saga;
  undoBy(saga, 'points-back', activities.revokePoints);
  undoBy(saga, 'partner-back', activities.releaseDeliveryPartner);
  beside(book.recordOutcome('confirmation', activities.sendOrderConfirmation(book.step())));
  beside(book.recordOutcome('seller', activities.notifySeller(book.step())));
  const offer = { ...book.step(), round: 0, acceptMs: 0 };
  beside(book.recordOutcome('partner', activities.assignDeliveryPartner(offer)));
  if (input.member) beside(book.recordOutcome('points', activities.awardPoints(book.step())));
}

async function buyLabel(saga: PlainSaga, parcel: Awaited<ReturnType<typeof reserve>>) {
  const { book, shipmentId } = saga;
  undoBy(saga, 'void-label', (step) =>
    activities.voidLabel({ ...step, shipmentId, isAnswered: false }),
  );
  const asked = { ...book.step(), shipmentId, ...parcel, number: 1 };
  const label = await book.recordOutcome('label', activities.createShipment(asked));
  if (label.kind === 'refused') throw refused('not_shippable');
  return label;
}

async function capture(saga: PlainSaga, paymentId: string) {
  const { book, input, shipmentId } = saga;
  const payment = { amount: input.total, paymentId, shipmentId, number: 1 };
  undoBy(saga, 'refund', (step) =>
    activities.refundPayment({ ...step, ...payment, scope: 'order' }),
  );
  const asked = { ...book.step(), ...payment, isPart: false, isRenewable: false };
  const captured = await book.recordOutcome('capture', activities.capturePayment(asked));
  if (captured.kind === 'authorization_lost') throw refused('payment_declined');
}

async function compensate({ book, compensations }: PlainSaga): Promise<void> {
  const started = { type: 'compensation.started', cause: 'failed', undos: [] } as const;
  await book.write('compensation', [started]);
  for (const undo of compensations) await undo();
  await book.write('ending', [{ type: 'order.failed', step: 'saga' }]);
}

/** A mail about a parcel is distinguished from those about others by the parcel's id. */
function sendMail(
  { book, input: { orderId }, beside }: PlainSaga,
  template: 'order_placed' | 'shipped' | 'delivered',
  data?: MailData,
): void {
  const parcel = data?.shipmentId === undefined ? {} : { sequence: data.shipmentId };
  const sending = activities.sendMail({ orderId, template, ...(data && { data }), ...parcel });
  beside(book.recordOutcome(`mail:${template}`, sending));
}

const refused = (reason: string) => ApplicationFailure.nonRetryable(reason);
