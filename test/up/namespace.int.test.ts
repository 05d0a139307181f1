import { describe, expect, inject, it } from 'vitest';
import { answers, registerSearchAttributes } from '../../src/up/temporal/namespace.js';

const target = () => ({ address: inject('temporalAddress'), namespace: 'default' });

describe('a Temporal server', () => {
  it('answers for its namespace, and not for another', async () => {
    expect(await answers(target())).toBe(true);
    expect(await answers({ ...target(), namespace: 'absent' })).toBe(false);
  });

  it('of ours has the search attributes from its start', async () => {
    expect(await registerSearchAttributes(target())).toEqual({ kind: 'registered', added: [] });
  });

  it('that is away refuses them, with a reason', async () => {
    const away = { ...target(), address: '127.0.0.1:9' };
    expect(await registerSearchAttributes(away)).toMatchObject({
      kind: 'refused',
      missing: ['OrderStatus', 'CustomerId', 'OrderTotalMinor', 'NeedsAttention'],
    });
  });
});
