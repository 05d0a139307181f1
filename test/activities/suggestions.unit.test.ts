import { beforeEach, describe, expect, test } from 'vitest';
import { notificationActivities } from '../../src/activities/notification.js';
import type { Recommendations } from '../../src/activities/ports.js';
import { Desk } from './desk.js';
import { anOrder } from './samples.js';

const { orderId } = anOrder;
let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

async function shippedMail(suggest?: Recommendations['suggest']): Promise<string> {
  const recommendations = suggest && { recommendations: { suggest } };
  const activities = notificationActivities({ ...desk.ports, ...recommendations });
  await activities.sendMail({ orderId, template: 'shipped', sequence: 'shp_1' });
  return desk.mails[0]!.text;
}

const line = 'Others who bought this also bought';
const never = () => new Promise<never>(() => undefined);

describe('the mail about a parcel that is on its way', () => {
  test('suggests what the team says, by its titles', async () => {
    const asked: unknown[] = [];
    const text = await shippedMail((...question) => {
      asked.push(question);
      return Promise.resolve([
        { sku: 'CUP-1', title: 'A cup' },
        { sku: 'POT-1', title: 'A tea pot' },
      ]);
    });
    expect(asked).toEqual([[orderId, 3]]);
    expect(text).toContain(`${line}: A cup, A tea pot.`);
  });

  test.each([
    ['there is no team', undefined],
    ['the team knows nothing', () => Promise.resolve([])],
    ['the team fails', () => Promise.reject(new Error('no such table'))],
    [
      'the team throws',
      () => {
        throw new Error('at once');
      },
    ],
  ] as const)('goes without when %s', async (_why, suggest) => {
    const text = await shippedMail(suggest);
    expect(text).toContain('The carrier has your parcel.');
    expect(text).not.toContain(line);
  });

  test('does not wait for a team that does not answer', async () => {
    const started = Date.now();
    expect(await shippedMail(never)).not.toContain(line);
    expect(Date.now() - started).toBeLessThan(1_500);
  });
});

test('asks for no suggestions for any other mail', async () => {
  const activities = notificationActivities({
    ...desk.ports,
    recommendations: { suggest: () => Promise.reject(new Error('asked')) },
  });
  await activities.sendMail({ orderId, template: 'order_placed' });
  expect(desk.mails).toHaveLength(1);
});
