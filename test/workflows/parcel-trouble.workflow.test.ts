import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { AttentionChoice } from '../../src/domain/attention.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { statusQuery } from '../../src/workflows/messages.js';
import { timeSkippingEnvironment } from '../support/environment.js';
import { hurried, OrderWorker, useOrderWorker } from '../support/order-worker.js';
import type { PlacedOrder } from '../support/placed-order.js';

const orders = useOrderWorker();

const refunded = { status: 'failed', paymentStatus: 'refunded' };
const delivered = { status: 'delivered', paymentStatus: 'captured' };
const paidBack = ['refundPayment 0', 'revokePoints'];

/** What each choice of a person leads to, once the carrier has brought what is left to bring. */
interface Ending {
  readonly choice: AttentionChoice;
  /** The parcel that arrives in the end, if any. */
  readonly arrives?: number;
  readonly end: object;
  readonly undos: readonly string[];
}

const reshipped: Ending = { choice: 'reship', arrives: 1, end: delivered, undos: [] };
const givenBack: Ending = { choice: 'refund', end: refunded, undos: paidBack };
const waitedFor: Ending = { choice: 'wait', arrives: 0, end: delivered, undos: [] };

async function ends(order: PlacedOrder, { arrives, end, undos }: Ending): Promise<void> {
  if (arrives === 1) await order.waitForFact('shipment.replaced');
  if (arrives !== undefined) await order.deliver(arrives);
  expect(await order.end()).toMatchObject({ ...end, needsAttention: false });
  expect(order.fakes.undos).toEqual(undos);
}

/** What people decided, by the timeline. */
const decisionsIn = (order: PlacedOrder) =>
  order.recorded('attention.resolved').filter(({ by }) => by !== undefined);

const chosen = (endings: readonly Ending[]) =>
  endings.map((ending) => [ending.choice, ending] as const);

describe.concurrent('a parcel that comes back to its sender', () => {
  const atTheDoor = async () => {
    const order = await orders.place();
    await order.report('handed_over');
    await order.report('returned_to_sender');
    return order;
  };

  const end = { ...refunded, fulfillmentStatus: 'returned' };
  const restocked: Ending = { ...givenBack, choice: 'restock_and_refund', end };

  test.each(chosen([restocked, { ...givenBack, end }, reshipped]))(
    'is a case for %s',
    async (choice, ending) => {
      const order = await atTheDoor();
      await order.decide(await order.openItem('parcel_returned'), choice);
      await ends(order, ending);
      const goods = [
        expect.stringContaining(order.id),
        [expect.objectContaining({ sku: 'TEA-100', quantity: 2 })],
      ];
      expect(order.fakes.requests('restockParcel')).toEqual(ending === restocked ? [goods] : []);
    },
  );
});

const longMs = 3_600_000;

async function silent(giveUpMs = longMs): Promise<PlacedOrder> {
  const delivery = { warnMs: 50, escalateMs: 100, giveUpMs };
  const order = await orders.place(hurried({ delivery }));
  await order.report('handed_over');
  return order;
}

async function inTrouble(): Promise<PlacedOrder> {
  const order = await orders.place();
  await order.report('handed_over');
  await order.report('exception');
  return order;
}

describe.concurrent.each([
  ['the carrier has trouble with', 'delivery_exception', inTrouble],
  ['falls silent', 'not_delivered', silent],
] as const)('a parcel that %s', (_title, reason, begin) => {
  test.each(chosen([waitedFor, givenBack, reshipped]))(
    'is a case for %s',
    async (choice, ending) => {
      const order = await begin();
      await order.decide(await order.openItem(reason), choice);
      await ends(order, ending);
    },
  );

  test('needs nobody any more when it is delivered after all', async () => {
    const order = await begin();
    await order.openItem(reason);
    await ends(order, waitedFor);
    expect(decisionsIn(order)).toEqual([]);
  });
});

describe.concurrent('a parcel', () => {
  test('that has trouble once more calls for a person once more', async () => {
    const order = await inTrouble();
    await order.decide(await order.openItem('delivery_exception'), 'wait');
    await order.waitForState({ needsAttention: false });
    await order.report('exception', 0, 'again');
    await order.decide(await order.openItem('delivery_exception', 1), 'refund');
    await ends(order, givenBack);
  });

  test('that falls silent is mailed about, then looked for by a person, then taken for lost', async () => {
    const order = await silent(150);
    await ends(order, givenBack);
    const story = ['shipment.delayed', 'attention.raised', 'attention.resolved', 'shipment.lost'];
    const facts = order.facts;
    expect(facts.filter((fact) => story.includes(fact))).toEqual(story);
    expect(order.fakes.calls).toContain('delayed');
    expect(order.items('not_delivered')).toHaveLength(1);
  });

  test('that falls silent again after some trouble is mailed about once', async () => {
    const order = await silent();
    await order.waitForFact('shipment.delayed');
    await order.report('exception');
    const trouble = await order.openItem('delivery_exception');
    const known = order.items('not_delivered').length;
    await order.decide(trouble, 'wait');
    await order.openItem('not_delivered', known);
    await ends(order, waitedFor);
    expect(order.fakes.requests('delayed')).toHaveLength(1);
  });

  test('that falls silent is lost when the carrier says so, though a person looks for it', async () => {
    const order = await silent();
    await order.openItem('not_delivered');
    await order.report('lost');
    await ends(order, givenBack);
  });
});

const reason = inject('testServerReason');
const { handOver, delivery } = standardServiceLevel;
const hourMs = 3_600_000;

describe.skipIf(reason !== '')(`with days that pass in moments ${reason}`, () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    environment = await timeSkippingEnvironment();
  });
  afterAll(() => environment.teardown());

  async function withOrder(
    act: (order: PlacedOrder) => Promise<void>,
    ...placed: Parameters<OrderWorker['place']>
  ) {
    const orders = new OrderWorker(environment);
    await orders.open();
    const order = await orders.place(...placed);
    await act(order);
    // An order that is left behind holds up the time of the others.
    await order.handle.terminate().catch(() => undefined);
    await orders.close();
  }
  const needsAttention = async ({ handle }: PlacedOrder) =>
    (await handle.query(statusQuery)).needsAttention;

  test('a parcel that is not handed over in the allowed days calls for a person, and no sooner', async () => {
    await withOrder(async (order) => {
      await environment.sleep(handOver.escalateMs - hourMs);
      expect(await needsAttention(order)).toBe(false);
      await environment.sleep(2 * hourMs);
      expect(await needsAttention(order)).toBe(true);
      expect(order.facts).toEqual(expect.arrayContaining(['shipment.delayed', 'attention.raised']));
    });
  });

  test('a parcel that is handed over late closes its item by itself and is delivered', async () => {
    await withOrder(async (order) => {
      await environment.sleep(handOver.escalateMs + hourMs);
      await order.report('handed_over');
      await order.report('delivered');
      await order.endsAs('delivered');
    });
  });

  test('a parcel in the carrier’s hands that falls silent calls for a person', async () => {
    await withOrder(async (order) => {
      await environment.sleep(hourMs);
      await order.report('handed_over');
      await environment.sleep(delivery.escalateMs + hourMs);
      expect(await order.handle.query(statusQuery)).toMatchObject({
        status: 'shipped',
        needsAttention: true,
      });
    });
  });
});
