import { Worker } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { returnStatusQuery, type ReturnInput } from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { exchangeOrderId } from '../support/fake-ports.js';
import { fails } from '../support/fakes.js';
import { OrderWorker, useOrderWorker, workflowBundlePath } from '../support/order-worker.js';
import { mug, refusal, soon, tea, type PlacedReturn } from '../support/placed-return.js';
import { waitFor } from '../support/wait-for.js';

const orders = useOrderWorker();

const refunds = ({ fakes }: PlacedReturn) =>
  fakes.requests('refundPayment') as { readonly idempotencyKey: string }[];

describe.concurrent('goods that come back', () => {
  test('are refunded, restocked and taken off the points exactly as far as they were accepted', async () => {
    const placed = await orders.placeReturn();
    const { fakes, input } = placed;
    const { orderId, returnId } = input;
    const summary = await placed.comesBack(tea(1, 'restock'), tea(1, 'refuse'), mug('scrap'));
    expect(summary).toMatchObject({ returnId, status: 'completed' });
    expect(refunds(placed)).toEqual([
      {
        orderId,
        paymentId: 'pi_1',
        amount: money(2340, 'EUR'),
        idempotencyKey: `${orderId}:refundPayment:${returnId}`,
        scope: 'part',
      },
    ]);
    expect(fakes.requests('restockParcel')).toMatchObject([
      { 1: [{ sku: 'TEA-100', quantity: 1 }] },
    ]);
    // 32 points for 32.30 EUR, 8 for the 8.90 EUR that were not accepted.
    expect(fakes.requests('revokePartOfPoints')).toMatchObject([{ points: 24 }]);
    expect(fakes.calls).not.toContain('placeExchange');
    expect(placed.facts.slice(0, 2)).toEqual(['return.approved', 'return.label_created']);
    expect(placed.facts).toEqual(
      expect.arrayContaining([
        'return.received',
        'payment.refunded',
        'inventory.restocked',
        'points.revoked',
        'return.completed',
      ]),
    );
    expect(placed.facts).not.toContain('order.returned');
    expect(fakes.calls).toEqual(expect.arrayContaining(['return_approved', 'return_completed']));
  });

  test('and are all refused move nothing', async () => {
    const placed = await orders.placeReturn({ kind: 'exchange' });
    const summary = await placed.comesBack(tea(2, 'refuse'), mug('refuse'));
    expect(summary.status).toBe('completed');
    expect(placed.fakes.calls.toSorted()).toEqual([
      'createReturnLabel',
      'return_approved',
      'return_completed',
    ]);
  });

  test('of somebody who is no member cost no points', async () => {
    const placed = await orders.placeReturn({ member: false });
    await placed.comesBack(mug('restock'));
    expect(refunds(placed)).toHaveLength(1);
    expect(placed.fakes.calls).not.toContain('revokePartOfPoints');
  });

  test('in exchange are ordered anew, once', async () => {
    const placed = await orders.placeReturn({ kind: 'exchange' });
    await placed.comesBack(mug('scrap'));
    expect(placed.fakes.requests('placeExchange')).toEqual([placed.input.returnId]);
    expect(placed.timeline).toContainEqual(
      expect.objectContaining({ type: 'exchange.placed', exchangeOrderId }),
    );
  });

  test('too late are not refunded', async () => {
    const placed = await orders.placeReturn({ limits: soon });
    expect(await placed.handle.result()).toMatchObject({ status: 'expired' });
    expect(refunds(placed)).toEqual([]);
    expect(placed.facts.at(-1)).toBe('return.expired');
  });

  test('and were not asked for are not taken', async () => {
    const placed = await orders.placeReturn();
    await placed.waitForStatus('awaiting_goods');
    expect(await refusal(placed.inspect(tea(3, 'restock')))).toContain('3 of TEA-100');
    expect(await refusal(placed.inspect(tea(1, 'scrap'), tea(2, 'restock')))).toContain('TEA');
    expect(await refusal(placed.inspect(tea(-1, 'restock')))).toContain('-1');
    expect(refunds(placed)).toEqual([]);
  });

  test('can come though their label was refused, which calls for a person', async () => {
    const placed = await orders.placeReturn({}, (fakes) => {
      fakes.always('createReturnLabel', () => ({ kind: 'refused', reason: 'no_service' }));
    });
    expect(await placed.comesBack(mug('restock'))).toMatchObject({ status: 'completed' });
    expect(placed.timeline).toContainEqual(
      expect.objectContaining({
        type: 'attention.raised',
        reason: 'return_stuck',
        subject: `${placed.input.returnId}:createReturnLabel`,
      }),
    );
  });

  test('call for a person when their refund keeps failing, which holds up nothing else and is done at last', async () => {
    const placed = await orders.placeReturn({ undoMs: 300 }, (fakes) => {
      fakes.always('refundPayment', fails(new ProviderRefused('the account is locked')));
    });
    const ended = placed.comesBack(mug('restock'));
    await waitFor('the call for a person and all that is not held up', () => {
      expect(placed.facts).toEqual(
        expect.arrayContaining(['attention.raised', 'inventory.restocked', 'points.revoked']),
      );
    });
    expect(await placed.handle.query(returnStatusQuery)).toMatchObject({ status: 'refunding' });
    placed.fakes.always('refundPayment', () => ({ kind: 'undone' }));
    await ended;
    expect(placed.timeline).toContainEqual(
      expect.objectContaining({
        type: 'attention.raised',
        reason: 'return_stuck',
        exposure: money(1450, 'EUR'),
      }),
    );
    expect(placed.facts).toContain('attention.resolved');
    expect(new Set(refunds(placed).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(placed.facts.filter((fact) => fact === 'payment.refunded')).toHaveLength(1);
  });

  test('are refunded though the mail server is away', async () => {
    const placed = await orders.placeReturn({}, (fakes) => {
      fakes.script('return_approved', fails(new Error('away')));
    });
    expect(await placed.comesBack(mug('restock'))).toMatchObject({ status: 'completed' });
    expect(refunds(placed)).toHaveLength(1);
  });
});

describe.concurrent('a return that needs approval', () => {
  const place = (changes: Partial<ReturnInput> = {}) =>
    orders.placeReturn({ approval: ['damaged_goods'], ...changes });

  test('changes nothing when a person rejects it', async () => {
    const placed = await place();
    expect(await placed.decide('reject')).toMatchObject({ status: 'refused' });
    expect(await placed.handle.result()).toMatchObject({ status: 'refused' });
    expect(placed.fakes.calls).toEqual(['return_refused']);
    expect(placed.facts).toEqual(['return.refused', 'mail.sent']);
  });

  test('is refused when nobody decides in time', async () => {
    const placed = await place({ limits: soon });
    expect(await placed.handle.result()).toMatchObject({ status: 'refused' });
    expect(placed.timeline[0]).toMatchObject({ type: 'return.refused', by: 'policy' });
  });

  test('is decided once, also by two people at once', async () => {
    const placed = await place();
    const decisions = ['mia', 'ben'].map((by) => placed.decide('approve', by));
    const answers = await Promise.allSettled(decisions);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(placed.facts.filter((fact) => /approved|refused/.test(fact))).toHaveLength(1);
  });

  test('is not refused by a message that says nothing, and goes on when a person approves', async () => {
    const placed = await place();
    for (const nothing of [{}, null, { decision: 'perhaps', by: 'mia', reason: 'x' }]) {
      const sent = placed.handle.executeUpdate('approveReturn', { args: [nothing] });
      await expect(sent).rejects.toThrow();
    }
    expect(await placed.decide('approve')).toMatchObject({ status: 'awaiting_goods' });
    expect(placed.facts[0]).toBe('return.approved');
  });

  test('takes no goods before, and no decision after', async () => {
    const placed = await place();
    expect(await refusal(placed.inspect(mug('restock')))).toContain('awaiting_approval');
    await placed.decide('approve');
    expect(await refusal(placed.decide('reject'))).toContain('awaiting_goods');
  });
});

test('another worker takes a return of all that was delivered over without doing anything twice, and its history replays', async () => {
  const worker = new OrderWorker(await sharedEnvironment());
  await worker.open();
  const placed = await worker.placeReturn();
  await placed.waitForStatus('awaiting_goods');
  await worker.close();
  await worker.open();
  await placed.comesBack(tea(2, 'restock'), mug('restock'));
  await worker.close();
  for (const call of [
    'createReturnLabel',
    'return_approved',
    'return_completed',
    'restockParcel',
  ]) {
    expect(placed.fakes.times(call), call).toBe(1);
  }
  expect(refunds(placed)).toHaveLength(1);
  expect(placed.facts).toContain('order.returned');

  const workflowBundle = { codePath: workflowBundlePath };
  const history = await placed.handle.fetchHistory();
  await Worker.runReplayHistory({ workflowBundle }, history, placed.handle.workflowId);
  await worker.environment.teardown();
});
