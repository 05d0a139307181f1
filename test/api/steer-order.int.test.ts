import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { codeDigest } from '../../src/db/code-digest.js';
import type { MessageOutcome } from '../../src/temporal/ask-update.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import type { OrderSummary } from '../../src/workflows/messages.js';
import { anOrderRequest, away, codeSecret, placeOrder, useTestApi } from '../support/test-api.js';

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
  /** What the workflow gets. */
  readonly says: unknown;
  /** What the workflow answers when all is well; without it the order’s summary. */
  readonly result?: object;
}

const changeId = { changeId: expect.stringMatching(/^msg_/) as string };

const routes: readonly Route[] = [
  {
    action: 'approve',
    update: 'approveOrder',
    stage: 'approve',
    body: { reason: 'known customer', by: 'ops-7' },
    says: { decision: 'approve', reason: 'known customer', by: 'ops-7' },
  },
  {
    action: 'reject',
    update: 'approveOrder',
    stage: 'approve',
    body: { reason: 'looks stolen' },
    says: { decision: 'reject', reason: 'looks stolen', by: 'operator' },
  },
  {
    action: 'verify',
    update: 'verifyCode',
    stage: 'confirm_code',
    body: { resend: true },
    says: { resend: true },
    result: { kind: 'sent' },
  },
  {
    action: 'decide',
    update: 'decideShortage',
    stage: 'decide_shortage',
    body: { decision: 'ship_available' },
    says: { decision: 'ship_available', by: 'customer' },
  },
  {
    action: 'retry-payment',
    update: 'retryPayment',
    stage: 'retry_payment',
    body: { payment_method: 'pm_card_mastercard' },
    says: { ...changeId, by: 'customer' },
  },
  {
    action: 'change-address',
    update: 'changeAddress',
    stage: 'fix_address',
    body: { shipping_address: address, by: 'support-2' },
    says: { ...changeId, by: 'support-2' },
    result: { kind: 'changed', total: { amountMinor: 1780, currency: 'EUR' } },
  },
];

const post = (action: string, body: object, key?: string) =>
  api.post(`/v1/orders/${id}/${action}`, body, key);

const setState = (status: OrderStatus, stage: Stage) => api.setOrder(id, status, stage);

const workflowSince = '2026-01-02T03:04:05.000Z';

const summary = (status: OrderStatus, stage: Stage): OrderSummary => ({
  orderId: id,
  status,
  stage,
  paymentStatus: 'none',
  fulfillmentStatus: 'none',
  since: workflowSince,
  needsAttention: false,
});

const answers = (answer: MessageOutcome) => {
  workflows.updateAnswer = () => answer;
};

describe.each(routes)('POST /v1/orders/{id}/$action', (route) => {
  const { action, update, stage, body, says } = route;

  test('asks the workflow, and answers 200 with its state when it is done', async () => {
    const result = route.result ?? summary('processing', 'reserve_inventory');
    answers({ kind: 'taken', answer: result });
    const { body: answer } = await post(action, body).expect(200);
    const now = { status: 'processing', stage: 'reserve_inventory', since: workflowSince };
    if (route.result === undefined) expect(answer).toMatchObject(now);
    expect(workflows.updates).toEqual([
      { to: id, name: update, argument: says, updateId: expect.stringMatching(/^msg_/) as string },
    ]);
  });

  test.each<[string, MessageOutcome]>([
    ['the workflow acts on it', { kind: 'waiting' }],
    ['Temporal is away', { kind: 'waiting', cause: away }],
    ['the workflow is not started yet', { kind: 'gone' }],
  ])('is answered 202 with where to see what becomes of it while %s', async (_why, answer) => {
    await setState('processing', stage);
    answers(answer);
    const { body: order, headers } = await post(action, body).expect(202);
    expect(order).toMatchObject({ object: 'order', id });
    const message = await api.read(headers['location'] as string);
    const path = headers['location'] as string;
    expect(message).toMatchObject({ kind: update, state: 'waiting', links: { self: path } });
    expect(JSON.stringify([order, message])).not.toContain('away');
  });

  test('is refused with the state and what is possible in place of it', async () => {
    const now = summary('awaiting_approval', 'approve');
    answers({ kind: 'refused', reason: 'not now', summary: now });
    const { body: refusal } = await post(action, body).expect(409);
    expect(refusal).toMatchObject({
      code: 'order_in_wrong_state',
      detail: 'not now',
      current_status: 'awaiting_approval',
      current_stage: 'approve',
      since: workflowSince,
      alternatives: ['approve', 'reject', 'cancel', 'change_address'],
    });
  });

  test.each([
    ['shipped', 'delivery', ['return']],
    ['delivered', 'done', ['return']],
    ['cancelled', 'done', []],
    ['rejected', 'done', []],
    ['failed', 'done', []],
  ] as const)(
    'is refused when the order is %s (%s), with what is possible instead: %j',
    async (status, at, alternatives) => {
      await setState(status, at);
      const { body: refusal } = await api.unchanged(() => post(action, body).expect(409));
      expect(refusal).toMatchObject({ current_status: status, alternatives });
      expect(workflows.updates).toEqual([]);
    },
  );

  test('is asked again while the workflow does not know yet what the order shows', async () => {
    await setState('processing', stage);
    const past = summary('processing', 'create_shipment');
    const refusal: MessageOutcome = { kind: 'refused', reason: 'not now', summary: past };
    const taken: MessageOutcome = { kind: 'taken', answer: route.result ?? past };
    workflows.updateAnswer = () => (workflows.updates.length < 3 ? refusal : taken);
    await post(action, body).expect(200);
    expect(new Set(workflows.updates.map(({ updateId }) => updateId)).size).toBe(1);
    expect(workflows.updates).toHaveLength(3);
  });

  test('answers 409 when the workflow is gone and the order has ended meanwhile', async () => {
    workflows.updateAnswer = async () => {
      await setState('cancelled', 'done');
      return { kind: 'gone' };
    };
    const { body: refusal } = await post(action, body).expect(409);
    expect(refusal.current_status).toBe('cancelled');
  });

  test('is asked once under a key, and answered alike when the order has ended', async () => {
    answers({ kind: 'refused', reason: 'not now', summary: summary('pending', 'approve') });
    const key = randomUUID();
    const first = await post(action, body, key).expect(409);
    await setState('rejected', 'done');
    const again = await post(action, body, key).expect(409);
    expect(again.body.detail).toBe(first.body.detail);
    expect(workflows.updates).toHaveLength(1);
    await post(action, body, 'short').expect(400);
  });

  test('sends no address, token or code to the workflow', async () => {
    await post(action, body);
    const said = JSON.stringify(workflows.updates);
    for (const secret of ['Ada', 'Secret Lane', 'Berlin', '10115', 'pm_']) {
      expect(said).not.toContain(secret);
    }
  });
});

test('a workflow that stays behind its order is asked for two seconds, and its refusal counts', async () => {
  await setState('processing', 'retry_payment');
  const now = summary('processing', 'authorize_payment');
  answers({ kind: 'refused', reason: 'not now', summary: now });
  const { body } = await post('retry-payment', { payment_method: 'pm_card_visa' }).expect(409);
  expect(body.detail).toBe('not now');
  expect(workflows.updates).toHaveLength(20);
});

describe('a one-time code', () => {
  const verify = () => post('verify', { code: '123456' });

  test('is sent as a digest that is valid for this order alone', async () => {
    answers({ kind: 'taken', answer: { kind: 'verified' } });
    const { body } = await verify().expect(200);
    expect(body).toEqual({ result: 'verified' });
    const digest = codeDigest(codeSecret, id, '123456');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(workflows.updates[0]!.argument).toEqual({ digest });
    const { id: other } = await placeOrder(api);
    expect(digest).not.toBe(codeDigest(codeSecret, other, '123456'));
  });

  test.each([
    [{ kind: 'wrong', triesLeft: 2 }, 422, { code: 'code_wrong', tries_left: 2 }],
    [{ kind: 'expired' }, 409, { code: 'code_expired' }],
    [{ kind: 'exhausted' }, 409, { code: 'code_exhausted' }],
    [{ kind: 'no_more_codes' }, 409, { code: 'no_more_codes' }],
  ])('that is %o answers %i, without the code', async (result, status, members) => {
    answers({ kind: 'taken', answer: result });
    const { body } = await verify().expect(status);
    expect(body).toMatchObject(members);
    expect(JSON.stringify(body)).not.toContain('123456');
  });
});
