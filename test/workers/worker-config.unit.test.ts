import { describe, expect, test } from 'vitest';
import { ConfigError, maxActivities, workerConfig } from '../../src/config.js';
import { shopOf } from '../../src/workers/ports.js';

const needed = {
  DATABASE_URL: 'postgres://orders:secret@127.0.0.1:5432/orders',
  STRIPE_API_KEY: 'sk_test_x',
  EASYPOST_API_KEY: 'EZTKx',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  ORDER_CODE_SECRET: 'sixteen characters and more',
};
const orderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const config = (changes: Record<string, string>) => workerConfig({ ...needed, ...changes });
const shop = (changes: Record<string, string>) => shopOf(config(changes));

describe('the shop', () => {
  test.each([
    ['Leaf Shop <orders@leaf.example>', 'Leaf Shop', 'orders@leaf.example'],
    ['"Leaf, Shop" <orders@leaf.example>', 'Leaf, Shop', 'orders@leaf.example'],
    ['orders@leaf.example', 'orders@leaf.example', 'orders@leaf.example'],
  ])('is read from the sender %s', (from, name, staffEmail) => {
    expect(shop({ MAIL_FROM: from })).toMatchObject({ name, staffEmail });
  });

  test('has a mailbox of its own for its staff where one is given', () => {
    expect(shop({ MAIL_STAFF_TO: 'staff@leaf.example' }).staffEmail).toBe('staff@leaf.example');
  });

  test('has a page for each order where there is one', () => {
    const page = { ORDER_PAGE_URL: 'https://leaf.example/o/{order_id}?from=mail' };
    expect(shop(page).orderPage(orderId)).toBe(`https://leaf.example/o/${orderId}?from=mail`);
    expect(shop({}).orderPage(orderId)).toBeUndefined();
  });
});

describe('how many activities a worker runs at once', () => {
  test.each([
    ['5 for each of 10 connections, if nothing is set', {}, 50],
    ['5 for each connection', { DATABASE_POOL_SIZE: '4' }, 20],
    ['fewer, where that is set', { WORKER_MAX_ACTIVITIES: '8' }, 8],
    ['as many as there are connections for', { WORKER_MAX_ACTIVITIES: '50' }, 50],
  ])('is %s', (_what, changes, expected) => {
    expect(maxActivities(config(changes))).toBe(expected);
  });

  test.each([
    ['too many for the default', { WORKER_MAX_ACTIVITIES: '51' }, 'at most 50'],
    [
      'too many for the connections',
      { WORKER_MAX_ACTIVITIES: '50', DATABASE_POOL_SIZE: '9' },
      'at most 45',
    ],
  ])('is refused at start: %s', (_what, changes, limit) => {
    expect(() => config(changes)).toThrow(ConfigError);
    expect(() => config(changes)).toThrow(/WORKER_MAX_ACTIVITIES.*DATABASE_POOL_SIZE/s);
    expect(() => config(changes)).toThrow(limit);
  });
});

describe('the configuration of the worker', () => {
  const refusal = (changes: Record<string, string>): string => {
    try {
      config(changes);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    throw new Error('expected a refusal');
  };

  test('needs all that a provider of text messages needs, or nothing', () => {
    const some = refusal({ TWILIO_ACCOUNT_SID: 'AC1' });
    expect(some).toContain('TWILIO_AUTH_TOKEN');
    expect(some).toContain('TWILIO_FROM');
    expect(some).not.toContain('TWILIO_ACCOUNT_SID');
    const all = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't', TWILIO_FROM: '+491' };
    expect(config(all).TWILIO_API_URL).toBe('https://api.twilio.com');
  });

  test('needs the order in the address of its page', () => {
    expect(refusal({ ORDER_PAGE_URL: 'https://leaf.example/orders' })).toContain('{order_id}');
  });

  test.each([{ WORKER_DEPLOYMENT_NAME: 'orders.eu' }, { WORKER_BUILD_ID: 'a:b' }])(
    'refuses the name of a build that Temporal would not take: %o',
    (changes) => {
      expect(refusal(changes)).toContain(Object.keys(changes)[0]);
    },
  );
});
