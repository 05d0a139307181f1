import { expect, test } from 'vitest';
import { placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();

test.each([
  ['/v1/orders', 'limit', ['0', '101', 'ten']],
  ['/v1/orders', 'status', ['lost']],
  ['/v1/orders', 'starting_after', ['ord_1']],
  ['/v1/orders', 'needs_attention', ['maybe']],
  ['/v1/orders/{id}/timeline', 'starting_after', ['x']],
  ['/v1/attention', 'limit', ['0']],
  ['/v1/attention', 'owner', ['nobody']],
  ['/v1/attention', 'reason', ['boredom']],
  ['/v1/attention', 'open', ['maybe']],
  ['/v1/attention', 'starting_after', ['att_1']],
  ['/v1/dead-letters', 'limit', ['0']],
  ['/v1/dead-letters', 'starting_after', ['evt_1']],
  ['/v1/dead-letters', 'order_id', ['no-order']],
  ['/v1/delivery-partners/dp_harbor/offers', 'limit', ['0', '101']],
  ['/v1/delivery-partners/dp_harbor/offers', 'state', ['none']],
  ['/v1/delivery-partners/dp_harbor/offers', 'starting_after', ['off_1']],
  ['/v1/events', 'after', ['x', '1', cursor('log:-1'), cursor('log:01')]],
  ['/v1/events', 'limit', ['0', '501']],
  ['/v1/events', 'type', ['Order Placed']],
  ['/v1/events', 'order_id', ['ord_x']],
  ['/v1/members/cus_42/points', 'limit', ['0']],
  ['/v1/members/cus_42/points', 'starting_after', ['x']],
  ['/v1/reconciliations', 'starting_after', ['ord_1']],
])('GET %s refuses a wrong %s by its name', async (path, parameter, values) => {
  const { id } = await placeOrder(api);
  const address = path.replace('{id}', id);
  for (const query of [...values.map((value) => ({ [parameter]: value })), { colour: 'red' }]) {
    const { body } = await api.http.get(address).query(query).expect(400);
    const errors = Object.keys(query).map((name) => ({ parameter: name }));
    expect(body).toMatchObject({ code: 'invalid_query', errors });
  }
});

test('a parameter that is given twice is refused', async () => {
  const { body } = await api.http.get('/v1/orders?limit=1&limit=2').expect(400);
  expect(body).toMatchObject({ code: 'invalid_query', errors: [{ parameter: 'limit' }] });
});

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}
