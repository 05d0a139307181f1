import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import { waitFor } from '../support/wait-for.js';
import { type Fakes, gate, type Script } from '../support/fakes.js';
import {
  callsOf,
  mainUndos,
  recalledFirst,
  secondParcelMeets,
  undosOncePaid,
} from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

interface Undos {
  /** When the step goes on to its end. */
  readonly done: readonly string[];
  /** When it never gets to its end. */
  readonly undone: readonly string[];
}

const same = (...undos: readonly string[]): Undos => ({ done: undos, undone: undos });

/** A side step never holds the order up: its cancel comes when the order waits for the carrier. */
const atHandOver = same('voidLabel 0', 'refundPayment 0', ...undosOncePaid);

const ofOne: Readonly<Record<StepName, Undos>> = {
  reserveInventory: same('voidLabel 0', ...mainUndos),
  authorizePayment: same('voidLabel 0', ...mainUndos),
  sendOrderConfirmation: atHandOver,
  notifySeller: atHandOver,
  assignDeliveryPartner: atHandOver,
  awardPoints: atHandOver,
  createShipment: same('voidLabel 0', ...mainUndos),
  capturePayment: {
    done: ['voidLabel 0', 'refundPayment 0', ...undosOncePaid],
    undone: ['voidLabel 0', 'refundPayment 0', ...mainUndos],
  },
};

/** The carrier is asked for both before anything else is taken back. */
const bothLabels = ['voidLabel 0', 'voidLabel 1'];
const bothRefunds = ['refundPayment 1', 'refundPayment 0'];
const bothAtHandOver = same(...bothLabels, ...bothRefunds, ...undosOncePaid);

const ofTwo: Readonly<Record<StepName, Undos>> = {
  reserveInventory: same('voidLabel 0', ...mainUndos),
  authorizePayment: same(...bothLabels, ...mainUndos),
  sendOrderConfirmation: bothAtHandOver,
  notifySeller: bothAtHandOver,
  assignDeliveryPartner: bothAtHandOver,
  awardPoints: bothAtHandOver,
  createShipment: same(...bothLabels, 'refundPayment 0', ...mainUndos),
  capturePayment: {
    done: [...bothLabels, ...bothRefunds, ...undosOncePaid],
    undone: [...bothLabels, ...bothRefunds, ...mainUndos],
  },
};

const tables = [
  ['one parcel', ofOne],
  ['two parcels', ofTwo],
] as const;

test.each(tables)('every step of the saga has its row for %s', (_title, rows) => {
  expect(Object.keys(rows).sort()).toEqual(Object.keys(undoOf).sort());
});

/** @param script what the step does, in an order of two parcels for the second one */
function prepare(fakes: Fakes, parcels: string, step: StepName, script: Script): void {
  if (parcels === 'one parcel') fakes.always(callsOf[step], script);
  else secondParcelMeets(fakes, callsOf[step], script);
}

/** A cancel leaves these as they are: nothing has to be taken back after them. */
const leftAlone: ReadonlySet<StepName> = new Set(['sendOrderConfirmation', 'notifySeller']);

const isSideStep = (step: StepName): boolean => ofOne[step] === atHandOver;

/** The step is at work, for the second parcel where there are two. */
async function isAtWork(order: PlacedOrder, step: StepName, isTried: () => boolean) {
  await waitFor(`the first try of ${step}`, isTried);
  if (isSideStep(step)) await order.waitForHandOver();
}

const cells = tables.flatMap(([parcels, rows]) =>
  Object.entries(rows).map(([step, undos]) => [parcels, step as StepName, undos] as const),
);

const input = { policy: { ...defaultPolicy, shipmentFailure: 'undo_order' } } as const;

describe.concurrent('a cancel takes everything back, once and in reverse', () => {
  test.each(cells)('%s, while %s backs off', async (parcels, step, undos) => {
    let tries = 0;
    const order = await orders.place(input, (fakes) => {
      prepare(fakes, parcels, step, () => {
        tries += 1;
        throw new Error('down');
      });
    });
    await isAtWork(order, step, () => tries > 1);
    const summary = await order.cancel();
    expect(summary).toMatchObject({ status: 'cancelled', fulfillmentStatus: 'none' });
    expect(recalledFirst(order.fakes)).toEqual(undos.undone);
  });

  test.each(cells)('%s, during %s', async (parcels, step, undos) => {
    const held = gate<undefined>();
    let tries = 0;
    const order = await orders.place(input, (fakes) => {
      prepare(fakes, parcels, step, () => {
        tries += 1;
        return held.wait();
      });
    });
    await isAtWork(order, step, () => tries > 0);
    const cancelled = await order.startCancel();
    if (!leftAlone.has(step)) held.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
    expect(recalledFirst(order.fakes)).toEqual(undos.done);
    // Its end is news: while the order ends, it would have the server ask for the last task once more.
    held.open(undefined);
  });
});
