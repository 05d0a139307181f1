import { describe, expect, inject, test } from 'vitest';
import { answers, registerSearchAttributes } from '../../src/up/temporal/namespace.js';

const target = () => ({ address: inject('temporalAddress'), namespace: 'default' });

describe('a Temporal server', () => {
  test('answers for its namespace, and not for another', async () => {
    expect(await answers(target())).toBe(true);
    expect(await answers({ ...target(), namespace: 'absent' })).toBe(false);
  });

  test('of ours has the search attributes from its start', async () => {
    expect(await registerSearchAttributes(target())).toEqual({ kind: 'registered', added: [] });
  });

  test('that is away refuses them, with a reason', async () => {
    const away = { ...target(), address: '127.0.0.1:9' };
    expect(await registerSearchAttributes(away)).toMatchObject({
      kind: 'refused',
      missing: ['OrderStatus', 'CustomerId', 'OrderTotalMinor', 'NeedsAttention'],
    });
  });
});
