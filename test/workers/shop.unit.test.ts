import { describe, expect, test } from 'vitest';
import { ConfigError, workerConfig } from '../../src/config.js';
import { shopOf } from '../../src/workers/ports.js';

const needed = {
  DATABASE_URL: 'postgres://orders:secret@127.0.0.1:5432/orders',
  STRIPE_API_KEY: 'sk_test_x',
  EASYPOST_API_KEY: 'EZTKx',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  ORDER_CODE_SECRET: 'sixteen characters and more',
};
const orderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const shop = (changes: Record<string, string>) => shopOf(workerConfig({ ...needed, ...changes }));

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

describe('the configuration of the worker', () => {
  const refusal = (changes: Record<string, string>): string => {
    try {
      workerConfig({ ...needed, ...changes });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    throw new Error('expected a refusal');
  };

  test('wants all that a provider of text messages needs, or nothing', () => {
    const some = refusal({ TWILIO_ACCOUNT_SID: 'AC1' });
    expect(some).toContain('TWILIO_AUTH_TOKEN');
    expect(some).toContain('TWILIO_FROM');
    expect(some).not.toContain('TWILIO_ACCOUNT_SID');
    const all = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't', TWILIO_FROM: '+491' };
    expect(workerConfig({ ...needed, ...all }).TWILIO_API_URL).toBe('https://api.twilio.com');
  });

  test('wants the order in the address of its page', () => {
    expect(refusal({ ORDER_PAGE_URL: 'https://leaf.example/orders' })).toContain('{order_id}');
  });
});
