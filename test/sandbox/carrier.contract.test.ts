import { describe, expect, test } from 'vitest';

import { useTestSandbox } from './test-sandbox.js';

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

  test('has no rates for a place without service', async () => {
    const { rates, messages } = await sandbox.quote('ord_far', { zip: '99999' });
    expect(rates).toEqual([]);
    expect(messages).toMatchObject([{ type: 'rate_error' }]);
  });

  test('refuses a request without a key', async () => {
    expect((await fetch(`${sandbox.url}/easypost/v2/shipments`)).status).toBe(401);
  });
});

describe('buying a label', () => {
  test('gives a tracking code and books the label', async () => {
    const bought = await sandbox.buyLabel('ord_buy:shp_1');
    expect(bought).toMatchObject({ status: 'pre_transit', tracker: { status: 'pre_transit' } });
    const tracking_number = bought.tracking_code;
    expect((await sandbox.ledger('ord_buy')).labels).toMatchObject([
      { kind: 'buy', tracking_number, reference: 'ord_buy:shp_1' },
    ]);
  });

  test('refuses a second label for the same shipment', async () => {
    const bought = await sandbox.buyLabel('ord_buy_twice');
    const again = sandbox.shipments.buy(bought.id, bought.rates[0]!);
    await expect(again).rejects.toMatchObject({ statusCode: 422, code: 'SHIPMENT.POSTAGE.EXISTS' });
    expect((await sandbox.ledger('ord_buy_twice')).labels).toHaveLength(1);
  });

  test('sells one label to many buyers at the same time', async () => {
    const { id, rates } = await sandbox.quote('ord_buy_race');
    const buyers = Array.from({ length: 5 }, () => sandbox.shipments.buy(id, rates[0]!));
    const results = await Promise.allSettled(buyers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
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

  test('lists bought shipments, newest first', async () => {
    const bought = await sandbox.buyLabel('ord_listed');
    const quoted = await sandbox.quote('ord_listed');
    const listed = async (parameters: object) =>
      (await sandbox.shipments.all(parameters)).shipments.map(({ id }) => id);
    expect(await listed({ page_size: 1 })).toEqual([bought.id]);
    expect(await listed({ page_size: 2, purchased: false })).toEqual([quoted.id, bought.id]);
  });
});

describe('voiding a label', () => {
  test('is possible once, before the carrier has the parcel', async () => {
    const { id } = await sandbox.buyLabel('ord_void');
    const voided = await sandbox.shipments.refund(id);
    expect(voided).toMatchObject({ refund_status: 'submitted', tracker: { status: 'cancelled' } });
    const refused = { code: 'SHIPMENT.REFUND.ALREADY_REQUESTED' };
    await expect(sandbox.shipments.refund(id)).rejects.toMatchObject(refused);
    const { labels } = await sandbox.ledger('ord_void');
    expect(labels).toMatchObject([{ kind: 'buy' }, { kind: 'void' }]);
  });

  test('is refused once the carrier has the parcel', async () => {
    const { id, tracking_code: code } = await sandbox.buyLabel('ord_gone');
    await sandbox.scan(code, 'in_transit');
    const refused = { statusCode: 422, code: 'SHIPMENT.REFUND.UNAVAILABLE' };
    await expect(sandbox.shipments.refund(id)).rejects.toMatchObject(refused);
  });

  test('is refused when no label was bought', async () => {
    const { id } = await sandbox.quote('ord_no_label');
    await expect(sandbox.shipments.refund(id)).rejects.toMatchObject({ statusCode: 422 });
  });
});

describe('a scan by hand', () => {
  test.each(['lost', 'damaged', 'refused'])('knows a %s parcel', async (mishap) => {
    const { tracking_code: code } = await sandbox.buyLabel(`ord_${mishap}`);
    const { body } = await sandbox.scan(code, mishap);
    expect(body).toMatchObject({ status: 'failure', status_detail: mishap });
  });

  test('is refused for unknown statuses and tracking numbers', async () => {
    const { tracking_code: code } = await sandbox.buyLabel('ord_bad_scan');
    expect((await sandbox.scan(code, 'teleported')).status).toBe(400);
    expect((await sandbox.scan('SBX0', 'delivered')).status).toBe(404);
  });
});
