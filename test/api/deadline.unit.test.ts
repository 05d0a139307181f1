import { expect, test } from 'vitest';
import { within } from '../../src/api/deadline.js';

const never = new Promise<string>(() => undefined);

test('gives what the work gives when it is in time', async () => {
  expect(await within(10_000, Promise.resolve('done'), () => 'late')).toBe('done');
});

test('gives what the expiry gives when the work is not in time', async () => {
  expect(await within(1, never, () => 'late')).toBe('late');
});

test('fails as the work fails', async () => {
  await expect(within(10_000, Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow(
    'broken',
  );
});
