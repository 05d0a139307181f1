import { describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.js';
import { type TrackerAnswer, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();

describe('quoting', () => {
  test('offers two services in the currency that was asked for', async () => {
    expect(await sandbox.quote('ord_quote:shp_1')).toMatchObject({
      reference: 'ord_quote:shp_1',
      rates: [
        { service: 'Standard', carrier: 'SandboxPost', currency: 'EUR', rate: '5.14' },
        { service: 'Express', carrier: 'SandboxPost', currency: 'EUR', rate: '12.38' },
      ],
    });
  });

  test.each([{ country: 'XX' }, { city: 'Nowhere' }])('refuses the address %o', async (to) => {
    const refused = { statusCode: 422, code: 'ADDRESS.VERIFY.FAILURE' };
    await expect(sandbox.quote('ord_address', to)).rejects.toMatchObject(refused);
  });
});

describe('buying a label', () => {
  test('sells one label for a shipment, also to many buyers at the same time', async () => {
    const { id, rates } = await sandbox.quote('ord_buy_race');
    const buy = () => sandbox.shipments.buy(id, rates[0]!);
    const results = await Promise.allSettled(Array.from({ length: 5 }, buy));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = { statusCode: 422, code: 'SHIPMENT.POSTAGE.EXISTS' };
    await expect(buy()).rejects.toMatchObject(refused);
    expect((await sandbox.ledger('ord_buy_race')).labels).toHaveLength(1);
  });

  test('repeats the answer under an idempotency key', async () => {
    const { id, rates } = await sandbox.quote('ord_buy_key');
    const buy = () =>
      fetch(`${sandbox.url}/easypost/v2/shipments/${id}/buy`, {
        method: 'POST',
        headers: {
          authorization: 'Basic a2V5Og==',
          'content-type': 'application/json',
          'idempotency-key': 'ord_buy_key:label',
        },
        body: JSON.stringify({ rate: { id: rates[0]!.id } }),
      });
    const [first, second] = [await buy(), await buy()];
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await second.text()).toBe(await first.text());
  });

  test('refuses a rate of another shipment', async () => {
    const [one, other] = [await sandbox.quote('ord_rate'), await sandbox.quote('ord_rate')];
    const buy = sandbox.shipments.buy(one.id, other.rates[0]!);
    await expect(buy).rejects.toMatchObject({ statusCode: 422 });
  });
});

describe('looking up', () => {
  test('finds a shipment by its reference, the one with a label first', async () => {
    const bought = await sandbox.buyLabel('ord_find:1');
    await sandbox.quote('ord_find:1');
    expect((await sandbox.shipments.retrieve('ord_find:1')).id).toBe(bought.id);
    const unknown = sandbox.shipments.retrieve('ord_find:2');
    await expect(unknown).rejects.toMatchObject({ statusCode: 404 });
  });

  test('finds a tracker by its id and by its code', async () => {
    const { tracker } = await sandbox.buyLabel('ord_tracker');
    for (const name of [tracker.id, tracker.tracking_code]) {
      expect((await sandbox.trackers.retrieve(name)).id).toBe(tracker.id);
    }
  });
});

describe('voiding a label', () => {
  test('is possible once, before the carrier has the parcel', async () => {
    const { id } = await sandbox.buyLabel('ord_void');
    const voided = await sandbox.shipments.refund(id);
    expect(voided).toMatchObject({ refund_status: 'submitted', tracker: { status: 'cancelled' } });
    const refused = { code: 'SHIPMENT.REFUND.ALREADY_REQUESTED' };
    await expect(sandbox.shipments.refund(id)).rejects.toMatchObject(refused);
    const { id: unbought } = await sandbox.quote('ord_no_label');
    const impossible = { statusCode: 422 };
    await expect(sandbox.shipments.refund(unbought)).rejects.toMatchObject(impossible);
    const { labels } = await sandbox.ledger('ord_void');
    expect(labels).toMatchObject([{ kind: 'buy' }, { kind: 'void' }]);
  });
});

describe('tracking', () => {
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
  const reported = async (code: string, count: number) =>
    (await sandbox.webhooks(code, count)).map(
      ({ body }) => (JSON.parse(body.toString()) as { result: TrackerAnswer }).result,
    );

  test('a parcel moves step by step, and one webhook reports each step', async () => {
    const { tracker } = await buyTo('ord_moves', 'Berlin');
    const steps = ['in_transit', 'out_for_delivery', 'delivered'];
    expect(await endsWith(tracker.id, 'delivered')).toEqual(['pre_transit', ...steps]);
    const scans = await reported(tracker.tracking_code, 3);
    expect(scans.map(({ status }) => status).sort()).toEqual(steps.toSorted());
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

    test.each(['lost', 'damaged', 'refused'])(
      'of a %s parcel is sent by webhook',
      async (mishap) => {
        const { tracking_code: code } = await buyTo(`ord_is_${mishap}`, 'Silent Harbor');
        const failure = { status: 'failure', status_detail: mishap };
        expect((await sandbox.scan(code, mishap)).body).toMatchObject(failure);
        expect(await reported(code, 1)).toMatchObject([failure]);
      },
    );

    test('is refused for unknown statuses and tracking numbers', async () => {
      const { tracking_code: code } = await buyTo('ord_bad_scan', 'Silent Harbor');
      expect((await sandbox.scan(code, 'teleported')).status).toBe(400);
      expect((await sandbox.scan('SBX0', 'delivered')).status).toBe(404);
    });
  });

  test('a stopped parcel stays until it is moved by hand, and stays stopped then', async () => {
    const stopped = await buyTo('ord_stopped', 'Berlin');
    const stop = (code: string) => sandbox.control('POST', `carrier/${code}/stop`);
    const { tracking_code } = stopped;
    expect(await stop(tracking_code)).toMatchObject({ status: 200, body: { tracking_code } });
    expect((await stop('SBX0')).status).toBe(404);
    const before = await sandbox.statusesOf(stopped.tracker.id);
    await anotherArrives();
    expect(await sandbox.statusesOf(stopped.tracker.id)).toEqual(before);

    await sandbox.scan(stopped.tracking_code, 'out_for_delivery');
    await anotherArrives();
    const after = [...before, 'out_for_delivery'];
    expect(await sandbox.statusesOf(stopped.tracker.id)).toEqual(after);
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
});
