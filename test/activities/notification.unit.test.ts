import { beforeEach, describe, expect, test } from 'vitest';
import { notificationActivities } from '../../src/activities/notification.js';
import { aStep, Desk } from './desk.js';
import { anOrder } from './samples.js';

const { orderId } = anOrder;

let desk: Desk;
let activities: ReturnType<typeof notificationActivities>;
beforeEach(() => {
  desk = new Desk();
  activities = notificationActivities(desk.ports);
});

const sent = () => desk.mails.map(({ template, to }) => [template, to]);

describe('sendMail', () => {
  test('notes the mail under its template', async () => {
    const told = await activities.sendMail({ orderId, template: 'order_placed' });
    expect(sent()).toEqual([['order_placed', 'ada@example.com']]);
    expect(desk.entries).toEqual([
      {
        orderId,
        key: 'sendMail:order_placed',
        facts: [{ type: 'mail.sent', template: 'order_placed' }],
      },
    ]);
    expect(told.facts).toMatchObject([{ type: 'mail.sent', sequence: 1 }]);
  });

  test('tells mails of one template apart by their sequence', async () => {
    const data = { trackingNumber: 'SP1' };
    await activities.sendMail({ orderId, template: 'shipped', sequence: 'shp_1', data });
    expect(desk.mails[0]).toMatchObject({ sequence: 'shp_1' });
    expect(desk.mails[0]!.text).toContain('SP1');
    expect(desk.entries[0]).toMatchObject({
      key: 'sendMail:shipped:shp_1',
      facts: [{ type: 'mail.sent', template: 'shipped', subject: 'shp_1' }],
    });
  });
});

describe('the announcement of a confirmed order', () => {
  test('names to buyer and sellers only what is left of a reduced order', async () => {
    const step = { ...aStep, lines: [{ sku: 'TEA-100', quantity: 1 }] };
    await activities.sendOrderConfirmation(step);
    const told = await activities.notifySeller(step);
    expect(sent()).toEqual([
      ['order_confirmation', 'ada@example.com'],
      ['seller_notice', 'warehouse@leaf.example'],
    ]);
    for (const { text } of desk.mails) expect(text).not.toContain('Teapot');
    expect(told.facts).toMatchObject([{ type: 'seller.notified', sellerIds: ['sel_leaf'] }]);
  });
});

describe('sendCancellation', () => {
  test('tells the sellers too when they wait with their goods', async () => {
    await activities.sendCancellation({ ...aStep, ending: 'cancelled', tellSellers: true });
    expect(sent()).toEqual([
      ['cancellation', 'ada@example.com'],
      ['seller_cancellation', 'warehouse@leaf.example'],
      ['seller_cancellation', 'orders@clay.example'],
    ]);
  });

  test('tells the buyer alone, with the reason, when no seller ever heard of the order', async () => {
    await activities.sendCancellation({
      ...aStep,
      ending: 'rejected',
      reason: 'not_shippable',
      tellSellers: false,
    });
    expect(sent()).toEqual([['rejection', 'ada@example.com']]);
    expect(desk.mails[0]!.text).toContain('cannot deliver to the address');
  });

  test('says what becomes of the money as the payment stands', async () => {
    const before = { ...aStep.before, paymentStatus: 'captured' as const };
    await activities.sendCancellation({
      ...aStep,
      before,
      ending: 'cancelled',
      tellSellers: false,
    });
    expect(desk.mails[0]!.text).toContain('We pay back what was charged');
  });
});
