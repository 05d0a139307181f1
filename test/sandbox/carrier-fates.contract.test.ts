import { afterAll, beforeAll, expect, test } from 'vitest';
import { parcelFor, startHarness, type Harness } from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
let slowlyPickedUp: Harness;
beforeAll(async () => {
  [harness, slowlyPickedUp] = await Promise.all([
    startHarness({ trackingPaceMs: 50 }),
    startHarness({ trackingPaceMs: 50, pickUpMs: 1_000 }),
  ]);
});
afterAll(() => Promise.all([harness.stop(), slowlyPickedUp.stop()]));

async function buy(reference: string, city: string, more: object = {}) {
  const shipment = await harness.easypost.Shipment.create({
    ...parcelFor(reference, { city }),
    ...more,
  });
  return harness.easypost.Shipment.buy(shipment.id, shipment.rates[0]!);
}

const statusesOf = async (id: string) => {
  const { tracking_details: details } = await harness.easypost.Tracker.retrieve(id);
  return details.map(({ status }) => status);
};

const endsWith = (id: string, end: string) =>
  waitFor(`the status ${end}`, async () => {
    const statuses = await statusesOf(id);
    return statuses.at(-1) === end ? statuses : false;
  });

test('a parcel to Lost Valley gets lost on its way', async () => {
  const { tracker } = await buy('ord_lost_valley', 'Lost Valley');
  expect(await endsWith(tracker.id, 'failure')).toEqual(['pre_transit', 'in_transit', 'failure']);
  expect(await harness.easypost.Tracker.retrieve(tracker.id)).toMatchObject({
    status_detail: 'lost',
  });
});

test('a parcel to Return Bay goes back to its sender', async () => {
  const { tracker } = await buy('ord_return_bay', 'Return Bay');
  expect(await endsWith(tracker.id, 'return_to_sender')).toEqual([
    'pre_transit',
    'in_transit',
    'return_to_sender',
  ]);
});

test('a parcel to Silent Harbor never moves by itself, and moves by hand', async () => {
  const silent = await buy('ord_silent', 'Silent Harbor');
  await othersArrive();
  expect(await statusesOf(silent.tracker.id)).toEqual(['pre_transit']);
  await harness.control('POST', `carrier/${silent.tracking_code}/events`, { status: 'delivered' });
  expect(await statusesOf(silent.tracker.id)).toEqual(['pre_transit', 'delivered']);
});

test('a parcel that is stopped is silent until it is moved by hand, and stays stopped', async () => {
  const stopped = await buy('ord_stopped', 'Berlin');
  const { body } = await harness.control('POST', `carrier/${stopped.tracking_code}/stop`);
  expect(body).toMatchObject({ tracking_code: stopped.tracking_code });
  const before = await statusesOf(stopped.tracker.id);
  await othersArrive();
  expect(await statusesOf(stopped.tracker.id)).toEqual(before);

  await harness.control('POST', `carrier/${stopped.tracking_code}/events`, {
    status: 'out_for_delivery',
  });
  await othersArrive();
  expect(await statusesOf(stopped.tracker.id)).toEqual([...before, 'out_for_delivery']);
});

test('nobody can stop a parcel that is none', async () => {
  expect((await harness.control('POST', 'carrier/SBX0/stop')).status).toBe(404);
});

test('a return takes the usual way from any place', async () => {
  const { tracker } = await buy('ord_return', 'Lost Valley', { is_return: true });
  await endsWith(tracker.id, 'delivered');
  expect((await harness.ledger('ord_return')).labels).toMatchObject([{ is_return: true }]);
});

test.each(['lost', 'damaged', 'refused'])('the webhook of a %s parcel says so', async (mishap) => {
  const { tracking_code: code } = await buy(`ord_is_${mishap}`, 'Silent Harbor');
  await harness.control('POST', `carrier/${code}/events`, { status: mishap });
  const told = await waitFor('the webhook', () => {
    const webhook = harness.received.find(({ body }) => body.includes(code));
    if (webhook === undefined) return false;
    return (JSON.parse(webhook.body.toString()) as { result: object }).result;
  });
  expect(told).toMatchObject({ status: 'failure', status_detail: mishap });
});

test('the page behind the public link tells the way of the parcel, without a key', async () => {
  const bought = await buy('ord_page', 'Lost Valley');
  await endsWith(bought.tracker.id, 'failure');
  const page = await fetch(`${harness.sandbox.url}/track/${bought.tracking_code}`);
  expect(await page.text()).toMatch(/Label created[^]*Parcel received[^]*The parcel is lost/);
  expect((await fetch(`${harness.sandbox.url}/track/SBX0`)).status).toBe(404);
});

/** As long as another parcel needs for its whole way. */
async function othersArrive(): Promise<void> {
  const { tracker } = await buy('ord_other', 'Berlin');
  await endsWith(tracker.id, 'delivered');
}

test('a parcel whose pick-up takes longer waits for that alone', async () => {
  const { easypost } = slowlyPickedUp;
  const { id, rates } = await easypost.Shipment.create(parcelFor('ord_picked_up', {}));
  const { tracker } = await easypost.Shipment.buy(id, rates[0]!);
  const scans = await waitFor('the delivery', async () => {
    const { tracking_details: details } = await easypost.Tracker.retrieve(tracker.id);
    return details.length === 4 ? details.map(({ datetime }) => Date.parse(datetime)) : false;
  });
  const [bought, pickedUp, , delivered] = scans as [number, number, number, number];
  expect(pickedUp - bought).toBeGreaterThanOrEqual(1_000);
  expect(delivered - pickedUp).toBeLessThan(pickedUp - bought);
});
