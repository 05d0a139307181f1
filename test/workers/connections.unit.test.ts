import { describe, expect, test } from 'vitest';
import { ConfigError, maxActivities, workerConfig } from '../../src/config.js';

const needed = {
  DATABASE_URL: 'postgres://orders:secret@127.0.0.1:5432/orders',
  STRIPE_API_KEY: 'sk_test_x',
  EASYPOST_API_KEY: 'EZTKx',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  ORDER_CODE_SECRET: 'sixteen characters and more',
};
const config = (changes: Record<string, string>) => workerConfig({ ...needed, ...changes });

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

describe('the name of a worker’s build', () => {
  test.each([{ WORKER_DEPLOYMENT_NAME: 'orders.eu' }, { WORKER_BUILD_ID: 'a:b' }])(
    'is refused where Temporal would not take it: %o',
    (changes) => {
      expect(() => config(changes)).toThrow(Object.keys(changes)[0]);
    },
  );
});
