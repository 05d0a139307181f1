import { describe, expect, test } from 'vitest';

import { waitFor } from '../support/wait-for.js';
import { useTestSandbox, type TrackerAnswer } from './test-sandbox.js';

const sandbox = useTestSandbox({ trackingPaceMs: 50 });
const slowlyPickedUp = useTestSandbox({ trackingPaceMs: 50, pickUpMs: 1_000 });

const buyTo = (reference: string, city: string, more?: object) =>
  sandbox.buyLabel(reference, { city }, more);

const endsWith = (trackerId: string, end: string) =>
  waitFor(`the status ${end}`, async () => {
    const statuses = await sandbox.statusesOf(trackerId);
    return statuses.at(-1) === end ? statuses : false;
  });

/** As long as another parcel needs to arrive. */
async function anotherArrives(): Promise<void> {
  const { tracker } = await buyTo('ord_other', 'Berlin');
  await endsWith(tracker.id, 'delivered');
}

/** The tracker in each webhook about the parcel, as soon as there are so many. */
const webhooksAbout = (code: string, count: number) =>
  waitFor(`${count} webhooks about ${code}`, () => {
    const about = sandbox.received.filter(({ body }) => body.includes(code));
    return about.length < count
      ? false
      : about.map(({ body }) => (JSON.parse(body.toString()) as { result: TrackerAnswer }).result);
  });

test('a parcel moves step by step, and one webhook reports each step', async () => {
  const { tracker } = await buyTo('ord_moves', 'Berlin');
  const steps = ['in_transit', 'out_for_delivery', 'delivered'];
  expect(await endsWith(tracker.id, 'delivered')).toEqual(['pre_transit', ...steps]);
  const reported = await webhooksAbout(tracker.tracking_code, 3);
  expect(reported.map(({ status }) => status).sort()).toEqual(steps.toSorted());
});

test.each([
  ['Lost Valley', 'failure', 'lost'],
  ['Return Bay', 'return_to_sender', 'return'],
])('a parcel to %s ends with the status %s', async (city, status, status_detail) => {
  const { tracker } = await buyTo(`ord_${status}`, city);
  const statuses = ['pre_transit', 'in_transit', status];
  expect(await endsWith(tracker.id, status)).toEqual(statuses);
  expect(await sandbox.trackers.retrieve(tracker.id)).toMatchObject({ status_detail });
});

test('a parcel to Silent Harbor never moves by itself, and moves by hand', async () => {
  const silent = await buyTo('ord_silent', 'Silent Harbor');
  await anotherArrives();
  expect(await sandbox.statusesOf(silent.tracker.id)).toEqual(['pre_transit']);
  await sandbox.scan(silent.tracking_code, 'delivered');
  expect(await sandbox.statusesOf(silent.tracker.id)).toEqual(['pre_transit', 'delivered']);
});

test('a parcel whose label was voided does not move', async () => {
  const { id, tracker } = await buyTo('ord_voided', 'Berlin');
  await sandbox.shipments.refund(id);
  await anotherArrives();
  expect((await sandbox.trackers.retrieve(tracker.id)).status).toBe('cancelled');
});

describe('a scan by hand', () => {
  test('is the place from where a parcel moves by itself', async () => {
    const { tracker } = await buyTo('ord_ahead', 'Berlin');
    await sandbox.scan(tracker.tracking_code, 'out_for_delivery');
    const statuses = await endsWith(tracker.id, 'delivered');
    expect(statuses.slice(-2)).toEqual(['out_for_delivery', 'delivered']);
  });

  test.each(['lost', 'damaged', 'refused'])('of a %s parcel is sent by webhook', async (mishap) => {
    const { tracking_code: code } = await buyTo(`ord_is_${mishap}`, 'Silent Harbor');
    await sandbox.scan(code, mishap);
    expect(await webhooksAbout(code, 1)).toMatchObject([
      { status: 'failure', status_detail: mishap },
    ]);
  });
});

test('a stopped parcel stays until it is moved by hand, and stays stopped then', async () => {
  const stopped = await buyTo('ord_stopped', 'Berlin');
  const { body } = await sandbox.control('POST', `carrier/${stopped.tracking_code}/stop`);
  expect(body).toMatchObject({ tracking_code: stopped.tracking_code });
  const before = await sandbox.statusesOf(stopped.tracker.id);
  await anotherArrives();
  expect(await sandbox.statusesOf(stopped.tracker.id)).toEqual(before);

  await sandbox.scan(stopped.tracking_code, 'out_for_delivery');
  await anotherArrives();
  const after = [...before, 'out_for_delivery'];
  expect(await sandbox.statusesOf(stopped.tracker.id)).toEqual(after);
});

test('an unknown parcel cannot be stopped', async () => {
  expect((await sandbox.control('POST', 'carrier/SBX0/stop')).status).toBe(404);
});

test('a return takes the usual way from any place', async () => {
  const { tracker } = await buyTo('ord_return', 'Lost Valley', { is_return: true });
  await endsWith(tracker.id, 'delivered');
  expect((await sandbox.ledger('ord_return')).labels).toMatchObject([{ is_return: true }]);
});

test('the page behind the public link shows where the parcel was, without a key', async () => {
  const { tracker } = await buyTo('ord_page', 'Lost Valley');
  await endsWith(tracker.id, 'failure');
  const page = await fetch(`${sandbox.url}/track/${tracker.tracking_code}`);
  expect(await page.text()).toMatch(/Label created[^]*Parcel received[^]*The parcel is lost/);
  expect((await fetch(`${sandbox.url}/track/SBX0`)).status).toBe(404);
});

test('a longer pick-up delays the first step alone', async () => {
  const { tracker } = await slowlyPickedUp.buyLabel('ord_picked_up');
  const scans = await waitFor('the delivery', async () => {
    const { tracking_details: details } = await slowlyPickedUp.trackers.retrieve(tracker.id);
    return details.length === 4 ? details.map(({ datetime }) => Date.parse(datetime)) : false;
  });
  const [bought, pickedUp, , delivered] = scans as [number, number, number, number];
  expect(pickedUp - bought).toBeGreaterThanOrEqual(1_000);
  expect(delivered - pickedUp).toBeLessThan(pickedUp - bought);
});
