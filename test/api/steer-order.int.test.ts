import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { UpdateAnswer } from '../../src/temporal/ask-update.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import type { OrderSummary } from '../../src/workflows/messages.js';
import { anOrderRequest, away, placeOrder, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

const address = { ...anOrderRequest().shipping_address, line1: '9 Secret Lane' };

interface Route {
  readonly action: string;
  readonly update: string;
  /** The stage at which an order takes it. */
  readonly stage: Stage;
  readonly body: object;
  /** What the workflow is told. */
  readonly says: unknown;
  /** What the workflow answers when all is well. */
  readonly result: (summary: OrderSummary) => unknown;
}

const changeId = { changeId: expect.stringMatching(/^chg_/) as string };
const summarized = (summary: OrderSummary) => summary;

const routes: readonly Route[] = [
  {
    action: 'approve',
    update: 'approveOrder',
    stage: 'approve',
    body: { reason: 'known customer', by: 'ops-7' },
    says: { decision: 'approve', reason: 'known customer', by: 'ops-7' },
    result: summarized,
  },
  {
    action: 'reject',
    update: 'approveOrder',
    stage: 'approve',
    body: { reason: 'looks stolen' },
    says: { decision: 'reject', reason: 'looks stolen', by: 'operator' },
    result: summarized,
  },
  {
    action: 'verify',
    update: 'verifyCode',
    stage: 'confirm_code',
    body: { resend: true },
    says: { resend: true },
    result: () => ({ kind: 'sent' }),
  },
  {
    action: 'decide',
    update: 'decideShortage',
    stage: 'decide_shortage',
    body: { decision: 'ship_available' },
    says: { decision: 'ship_available', by: 'customer' },
    result: summarized,
  },
  {
    action: 'retry-payment',
    update: 'retryPayment',
    stage: 'retry_payment',
    body: { payment_method: 'pm_card_mastercard' },
    says: { ...changeId, by: 'customer' },
    result: summarized,
  },
  {
    action: 'change-address',
    update: 'changeAddress',
    stage: 'fix_address',
    body: { shipping_address: address, by: 'support-2' },
    says: { ...changeId, by: 'support-2' },
    result: () => ({ kind: 'changed', total: { amountMinor: 1780, currency: 'EUR' } }),
  },
];

const post = (action: string, body: object, orderId: string = id) =>
  api.http.post(`/v1/orders/${orderId}/${action}`).send(body);

const setState = (status: OrderStatus, stage: Stage) =>
  sql`
      update orders.orders set status = ${status}, stage = ${stage} where id = ${id}`.execute(
    api.database,
  );

const summary = (status: OrderStatus, stage: Stage): OrderSummary => ({
  orderId: id,
  status,
  stage,
  paymentStatus: 'none',
  fulfillmentStatus: 'none',
  since: '2026-01-02T03:04:05.000Z',
  needsAttention: false,
});

const answers = (answer: UpdateAnswer<unknown>) => {
  workflows.updateAnswer = () => answer;
};

describe.each(routes)('POST /v1/orders/{id}/$action', (route) => {
  const { action, update, stage, body, says } = route;

  test('tells the workflow, and answers 200 when it is done', async () => {
    answers({ kind: 'done', result: route.result(summary('processing', 'reserve_inventory')) });
    await post(action, body).expect(200);
    expect(workflows.updates).toEqual([
      { to: id, name: update, argument: says, updateId: expect.stringContaining(`${action}:`) },
    ]);
  });

  test('answers 202 with the order while it is in progress', async () => {
    answers({ kind: 'in_progress' });
    const { body: order } = await post(action, body).expect(202);
    expect(order).toMatchObject({ object: 'order', id });
  });

  test('is refused with the state and what is possible in place of it', async () => {
    answers({
      kind: 'refused',
      reason: 'not now',
      summary: summary('awaiting_approval', 'approve'),
    });
    const { body: refusal } = await post(action, body).expect(409);
    expect(refusal).toMatchObject({
      code: 'order_in_wrong_state',
      detail: 'not now',
      current_status: 'awaiting_approval',
      current_stage: 'approve',
      since: '2026-01-02T03:04:05.000Z',
      alternatives: ['approve', 'reject', 'cancel', 'change_address'],
    });
  });

  test.each(['shipped', 'delivered'] as const)(
    'is refused when the order is %s, and a return is offered',
    async (status) => {
      await setState(status, status === 'shipped' ? 'delivery' : 'done');
      const before = await rowCounts(api.database);
      const { body: refusal } = await post(action, body).expect(409);
      expect(refusal).toMatchObject({ current_status: status, alternatives: ['return'] });
      expect(workflows.updates).toEqual([]);
      expect(await rowCounts(api.database)).toEqual(before);
    },
  );

  test.each(['cancelled', 'rejected', 'failed'] as const)(
    'is refused when the order is %s',
    async (status) => {
      await setState(status, 'done');
      const { body: refusal } = await post(action, body).expect(409);
      expect(refusal).toMatchObject({ current_status: status, alternatives: [] });
      expect(workflows.updates).toEqual([]);
    },
  );

  test('answers 503 when Temporal is away, and does not say why', async () => {
    answers({ kind: 'unavailable', cause: away });
    const { body: refusal, headers } = await post(action, body).expect(503);
    expect(refusal.code).toBe('temporal_unavailable');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(JSON.stringify(refusal)).not.toContain('away');
  });

  test('answers 503 when the workflow is not there yet though the order takes it', async () => {
    await setState('processing', stage);
    await post(action, body).expect(503);
  });

  test('answers 409 when the workflow is gone and the order has ended meanwhile', async () => {
    workflows.updateAnswer = async () => {
      await setState('cancelled', 'done');
      return { kind: 'gone' };
    };
    const { body: refusal } = await post(action, body).expect(409);
    expect(refusal.current_status).toBe('cancelled');
  });

  test('asks under the key of the client, also when the order has ended', async () => {
    answers({ kind: 'in_progress' });
    const key = randomUUID();
    await post(action, body).set('Idempotency-Key', key).expect(202);
    await setState('rejected', 'done');
    await post(action, body).set('Idempotency-Key', key).expect(202);
    const expected = `${action}:${key}`;
    expect(workflows.updates.map(({ updateId }) => updateId)).toEqual([expected, expected]);
    expect(workflows.updates[0]!.argument).toEqual(workflows.updates[1]!.argument);
    await post(action, body).set('Idempotency-Key', 'short').expect(400);
  });

  test('answers 404 for an order that does not exist', async () => {
    const { body: refusal } = await post(action, body, 'ord_00000000000000000000000000');
    expect(refusal).toMatchObject({ status: 404, code: 'order_not_found' });
    await post(action, body, 'nonsense').expect(404);
    expect(workflows.updates).toEqual([]);
  });

  test('refuses an unknown member and does not ask', async () => {
    const { body: refusal } = await post(action, { ...body, force: true }).expect(422);
    expect(refusal.errors).toMatchObject([{ pointer: '/force' }]);
    expect(workflows.updates).toEqual([]);
  });

  test('sends no address, token or code to the workflow', async () => {
    await post(action, body);
    const said = JSON.stringify(workflows.updates);
    for (const secret of ['Ada', 'Secret Lane', 'Berlin', '10115', 'pm_']) {
      expect(said).not.toContain(secret);
    }
  });
});

test('the answer shows the state that the workflow reports', async () => {
  await setState('awaiting_approval', 'approve');
  answers({ kind: 'done', result: summary('processing', 'reserve_inventory') });
  const { body } = await post('approve', { reason: 'fine' }).expect(200);
  expect(body).toMatchObject({
    status: 'processing',
    stage: 'reserve_inventory',
    since: '2026-01-02T03:04:05.000Z',
  });
});
