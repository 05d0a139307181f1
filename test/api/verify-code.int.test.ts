import { beforeEach, describe, expect, test } from 'vitest';
import { codeDigest } from '../../src/db/code-digest.js';
import type { OrderId } from '../../src/domain/ids.js';
import { codeSecret, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

const verify = (code: string) => api.http.post(`/v1/orders/${id}/verify`).send({ code });

describe('a one-time code', () => {
  test('is sent as a digest that is of worth for this order alone', async () => {
    workflows.updateAnswer = () => ({ kind: 'done', result: { kind: 'verified' } });
    const { body } = await verify('123456').expect(200);
    expect(body).toEqual({ result: 'verified' });
    const { id: other } = await placeOrder(api);
    expect(workflows.updates[0]!.argument).toEqual({
      digest: codeDigest(codeSecret, id, '123456'),
    });
    expect(codeDigest(codeSecret, id, '123456')).not.toBe(codeDigest(codeSecret, other, '123456'));
    expect(codeDigest(codeSecret, id, '123456')).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(workflows.updates)).not.toContain('123456');
  });

  test.each([
    [{ kind: 'wrong', triesLeft: 2 }, 422, { code: 'code_wrong', tries_left: 2 }],
    [{ kind: 'expired' }, 409, { code: 'code_expired' }],
    [{ kind: 'exhausted' }, 409, { code: 'code_exhausted' }],
    [{ kind: 'no_more_codes' }, 409, { code: 'no_more_codes' }],
  ])('that is %o answers %i', async (result, status, members) => {
    workflows.updateAnswer = () => ({ kind: 'done', result });
    const { body } = await verify('123456').expect(status);
    expect(body).toMatchObject(members);
    expect(JSON.stringify(body)).not.toContain('123456');
  });
});
