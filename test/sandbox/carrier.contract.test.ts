import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { buyLabel, parcelFor, startHarness, type Harness, type TrackerAnswer } from './harness.js';
import { waitFor } from '../support/wait-for.js';

const paceMs = 150;
let harness: Harness;
let moving: Harness;
beforeAll(async () => {
  [harness, moving] = await Promise.all([startHarness(), startHarness({ trackingPaceMs: paceMs })]);
});
afterAll(() => Promise.all([harness.stop(), moving.stop()]));

describe('quoting', () => {
  test('offers two services in the currency that was asked for', async () => {
    const shipment = await harness.easypost.Shipment.create(parcelFor('ord_quote:shp_1'));
    expect(shipment.reference).toBe('ord_quote:shp_1');
    expect(shipment.rates).toMatchObject([
      { service: 'Standard', carrier: 'SandboxPost', currency: 'EUR', rate: '5.14' },
      { service: 'Express', carrier: 'SandboxPost', currency: 'EUR', rate: '12.38' },
    ]);
  });

  test.each([{ country: 'XX' }, { city: 'Nowhere' }])('refuses the address %o', async (to) => {
    const create = harness.easypost.Shipment.create(parcelFor('ord_address', to));
    await expect(create).rejects.toMatchObject({ statusCode: 422, code: 'ADDRESS.VERIFY.FAILURE' });
  });

  test('has no rates for a place without service', async () => {
    const shipment = await harness.easypost.Shipment.create(parcelFor('ord_far', { zip: '99999' }));
    expect(shipment.rates).toEqual([]);
    expect(shipment.messages).toMatchObject([{ type: 'rate_error' }]);
  });

  test('refuses a request without a key', async () => {
    const response = await fetch(`${harness.sandbox.url}/easypost/v2/shipments`);
    expect(response.status).toBe(401);
  });
});

describe('buying a label', () => {
  test('gives a tracking code and books the label', async () => {
    const bought = await buyLabel(harness.easypost, 'ord_buy:shp_1');
    expect(bought).toMatchObject({ status: 'pre_transit', tracker: { status: 'pre_transit' } });
    const { labels } = await harness.ledger('ord_buy');
    expect(labels).toMatchObject([
      { kind: 'buy', tracking_number: bought.tracking_code, reference: 'ord_buy:shp_1' },
    ]);
  });

  test('refuses a second label for the same shipment', async () => {
    const bought = await buyLabel(harness.easypost, 'ord_buy_twice');
    const again = harness.easypost.Shipment.buy(bought.id, bought.rates[0]!);
    await expect(again).rejects.toMatchObject({ statusCode: 422, code: 'SHIPMENT.POSTAGE.EXISTS' });
    expect((await harness.ledger('ord_buy_twice')).labels).toHaveLength(1);
  });

  test('sells one label to many buyers at the same time', async () => {
    const shipment = await harness.easypost.Shipment.create(parcelFor('ord_buy_race'));
    const buyers = Array.from({ length: 5 }, () =>
      harness.easypost.Shipment.buy(shipment.id, shipment.rates[0]!),
    );
    const settled = await Promise.allSettled(buyers);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await harness.ledger('ord_buy_race')).labels).toHaveLength(1);
  });

  test('repeats the answer under an idempotency key', async () => {
    const shipment = await harness.easypost.Shipment.create(parcelFor('ord_buy_key'));
    const buy = () =>
      fetch(`${harness.sandbox.url}/easypost/v2/shipments/${shipment.id}/buy`, {
        method: 'POST',
        headers: {
          authorization: 'Basic a2V5Og==',
          'content-type': 'application/json',
          'idempotency-key': 'ord_buy_key:label',
        },
        body: JSON.stringify({ rate: { id: shipment.rates[0]!.id } }),
      });
    const first = await buy();
    const second = await buy();
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await second.text()).toBe(await first.text());
  });

  test('refuses a rate of another shipment', async () => {
    const one = await harness.easypost.Shipment.create(parcelFor('ord_rate'));
    const other = await harness.easypost.Shipment.create(parcelFor('ord_rate'));
    const buy = harness.easypost.Shipment.buy(one.id, other.rates[0]!);
    await expect(buy).rejects.toMatchObject({ statusCode: 422 });
  });
});

describe('looking up', () => {
  test('finds a shipment by its reference, the one with a label first', async () => {
    const bought = await buyLabel(harness.easypost, 'ord_find:1');
    await harness.easypost.Shipment.create(parcelFor('ord_find:1'));
    const found = await harness.easypost.Shipment.retrieve('ord_find:1');
    expect(found.id).toBe(bought.id);
    await expect(harness.easypost.Shipment.retrieve('ord_find:2')).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('finds a tracker by its id and by its code', async () => {
    const { tracker } = await buyLabel(harness.easypost, 'ord_tracker');
    for (const name of [tracker.id, tracker.tracking_code]) {
      expect((await harness.easypost.Tracker.retrieve(name)).id).toBe(tracker.id);
    }
  });

  test('lists bought shipments, newest first', async () => {
    const bought = await buyLabel(harness.easypost, 'ord_listed');
    const quoted = await harness.easypost.Shipment.create(parcelFor('ord_listed'));
    const { shipments } = await harness.easypost.Shipment.all({ page_size: 1 });
    expect(shipments.map(({ id }) => id)).toEqual([bought.id]);
    const all = await harness.easypost.Shipment.all({ page_size: 2, purchased: false });
    expect(all.shipments.map(({ id }) => id)).toEqual([quoted.id, bought.id]);
  });
});

describe('voiding a label', () => {
  test('takes it back before the carrier has the parcel, once', async () => {
    const { id } = await buyLabel(harness.easypost, 'ord_void');
    const voided = await harness.easypost.Shipment.refund(id);
    expect(voided).toMatchObject({ refund_status: 'submitted', tracker: { status: 'cancelled' } });
    await expect(harness.easypost.Shipment.refund(id)).rejects.toMatchObject({
      code: 'SHIPMENT.REFUND.ALREADY_REQUESTED',
    });
    const { labels } = await harness.ledger('ord_void');
    expect(labels.map(({ kind }) => kind)).toEqual(['buy', 'void']);
  });

  test('is refused once the carrier has the parcel', async () => {
    const { id, tracking_code: code } = await buyLabel(harness.easypost, 'ord_gone');
    await harness.control('POST', `carrier/${code}/events`, { status: 'in_transit' });
    await expect(harness.easypost.Shipment.refund(id)).rejects.toMatchObject({
      statusCode: 422,
      code: 'SHIPMENT.REFUND.UNAVAILABLE',
    });
  });

  test('is refused when no label was bought', async () => {
    const { id } = await harness.easypost.Shipment.create(parcelFor('ord_no_label'));
    await expect(harness.easypost.Shipment.refund(id)).rejects.toMatchObject({ statusCode: 422 });
  });

  test('stops the parcel', async () => {
    const { id, tracker } = await buyLabel(moving.easypost, 'ord_stopped');
    await moving.easypost.Shipment.refund(id);
    const other = await buyLabel(moving.easypost, 'ord_goes_on');
    await waitFor('the delivery of the other parcel', async () => {
      const { status } = await moving.easypost.Tracker.retrieve(other.tracker.id);
      return status === 'delivered';
    });
    expect((await moving.easypost.Tracker.retrieve(tracker.id)).status).toBe('cancelled');
  });
});

describe('tracking', () => {
  const statusIn = (body: Buffer) =>
    (JSON.parse(body.toString()) as { result: TrackerAnswer }).result.status;
  const statusesOf = async (id: string) => {
    const { tracking_details: details } = await moving.easypost.Tracker.retrieve(id);
    return details.map(({ status }) => status);
  };

  test('moves a parcel step by step and tells of each step once', async () => {
    const { tracker } = await buyLabel(moving.easypost, 'ord_moves');
    const steps = await waitFor('the delivery', async () => {
      const statuses = await statusesOf(tracker.id);
      return statuses.includes('delivered') ? statuses : false;
    });
    expect(steps).toEqual(['pre_transit', 'in_transit', 'out_for_delivery', 'delivered']);
    const told = await waitFor('three webhooks', () => {
      const about = moving.received.filter(({ body }) => body.includes(tracker.tracking_code));
      return about.length >= 3 ? about.map(({ body }) => statusIn(body)) : false;
    });
    expect(told.sort()).toEqual(['delivered', 'in_transit', 'out_for_delivery']);
  });

  test('goes on from where a scan by hand put the parcel', async () => {
    const { tracker } = await buyLabel(moving.easypost, 'ord_ahead');
    await moving.control('POST', `carrier/${tracker.tracking_code}/events`, {
      status: 'out_for_delivery',
    });
    const steps = await waitFor('the delivery', async () => {
      const statuses = await statusesOf(tracker.id);
      return statuses.includes('delivered') ? statuses : false;
    });
    expect(steps.slice(-2)).toEqual(['out_for_delivery', 'delivered']);
  });

  test.each(['lost', 'damaged', 'refused'])('knows what %s means', async (mishap) => {
    const { tracker } = await buyLabel(harness.easypost, `ord_${mishap}`);
    const { body } = await harness.control('POST', `carrier/${tracker.tracking_code}/events`, {
      status: mishap,
    });
    expect(body).toMatchObject({ status: 'failure', status_detail: mishap });
  });

  test('refuses unknown statuses and tracking numbers', async () => {
    const { tracker } = await buyLabel(harness.easypost, 'ord_bad_scan');
    const bad = await harness.control('POST', `carrier/${tracker.tracking_code}/events`, {
      status: 'teleported',
    });
    expect(bad.status).toBe(400);
    const none = await harness.control('POST', 'carrier/SBX0/events', { status: 'delivered' });
    expect(none.status).toBe(404);
  });
});
