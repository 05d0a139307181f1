import { Worker } from '@temporalio/worker';
import { ProviderRefused } from '../../src/domain/failures.js';
import {
  exchangeOrderId,
  refusal,
  returnWorker,
  soon,
  statusOf,
} from '../support/return-worker.js';
import { waitFor } from '../support/wait-for.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import { sharedEnvironment } from '../support/environment.js';
import {
  aReturnInput,
  inspect,
  live,
  mug,
  ReturnFakes,
  tea,
  waitForStatus,
} from '../support/return-worker.js';
import { fails } from '../support/fakes.js';
import { workflowBundlePath } from '../support/order-worker.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

describe('goods that come back', () => {
  test('are refunded, restocked and taken off the points exactly as far as they were accepted', async () => {
    const returns = new ReturnFakes(aReturnInput());
    const { orderId, returnId } = returns.input;
    const summary = await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, tea(1, 'restock'), tea(1, 'refuse'), mug('scrap'));
      return handle.result();
    });

    expect(summary).toMatchObject({ returnId, status: 'completed' });
    expect(returns.refunds).toEqual([
      {
        orderId,
        paymentId: 'pi_1',
        amount: money(2340, 'EUR'),
        idempotencyKey: `${orderId}:refundPayment:${returnId}`,
        scope: 'part',
      },
    ]);
    expect(returns.restocked).toEqual([[{ sku: 'TEA-100', quantity: 1 }]]);
    // 32 points for 32.30 EUR, 8 for the 8.90 EUR that were not accepted.
    expect(returns.points).toEqual([24]);
    expect(returns.exchanges).toEqual([]);
    expect(returns.facts.slice(0, 2)).toEqual(['return.approved', 'return.label_created']);
    expect(returns.facts).toEqual(
      expect.arrayContaining([
        'return.received',
        'payment.refunded',
        'inventory.restocked',
        'points.revoked',
        'return.completed',
      ]),
    );
    expect(returns.facts).not.toContain('order.returned');
    expect(returns.fakes.calls).toEqual(
      expect.arrayContaining(['return_approved', 'return_completed']),
    );
  });

  test('are the end of the order when they are all that was delivered', async () => {
    const returns = new ReturnFakes();
    await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, tea(2, 'restock'), mug('restock'));
      await handle.result();
    });
    expect(returns.facts).toContain('order.returned');
  });

  test('and are all refused move nothing', async () => {
    const returns = new ReturnFakes(aReturnInput({ kind: 'exchange' }));
    const summary = await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, tea(2, 'refuse'), mug('refuse'));
      return handle.result();
    });
    expect(summary.status).toBe('completed');
    expect([returns.refunds, returns.restocked, returns.points, returns.exchanges]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  test('of somebody who is no member cost no points', async () => {
    const returns = new ReturnFakes(aReturnInput({ member: false }));
    await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, mug('restock'));
      await handle.result();
    });
    expect(returns.refunds).toHaveLength(1);
    expect(returns.points).toEqual([]);
  });

  test('in exchange are ordered anew, once', async () => {
    const returns = new ReturnFakes(aReturnInput({ kind: 'exchange' }));
    const { orderId, returnId } = returns.input;
    await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, mug('scrap'));
      await handle.result();
    });
    expect(returns.exchanges).toEqual([returnId]);
    expect(returns.fakes.timelines.get(orderId)).toContainEqual(
      expect.objectContaining({ type: 'exchange.placed', exchangeOrderId }),
    );
  });
});

test('goods that never come are not refunded', async () => {
  const returns = new ReturnFakes(aReturnInput({ limits: soon }));
  const summary = await live(environment, returns, (handle) => handle.result());
  expect(summary.status).toBe('expired');
  expect(returns.refunds).toEqual([]);
  expect(returns.facts.at(-1)).toBe('return.expired');
});

test('goods that were not asked for are not taken', async () => {
  const returns = new ReturnFakes();
  await live(environment, returns, async (handle) => {
    await waitForStatus(handle, 'awaiting_goods');
    expect(await refusal(inspect(handle, tea(3, 'restock')))).toContain('3 of TEA-100');
    expect(await refusal(inspect(handle, tea(1, 'scrap'), tea(2, 'restock')))).toContain('TEA');
    expect(await refusal(inspect(handle, tea(-1, 'restock')))).toContain('-1');
    await handle.terminate();
  });
  expect(returns.refunds).toEqual([]);
});

describe('what goes wrong on the way', () => {
  test('a refused label calls for a person, and the goods can come all the same', async () => {
    const returns = new ReturnFakes();
    returns.fakes.always('createReturnLabel', () => ({ kind: 'refused', reason: 'no_service' }));
    const summary = await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, mug('restock'));
      return handle.result();
    });
    expect(summary.status).toBe('completed');
    expect(returns.fakes.timelines.get(returns.input.orderId)).toContainEqual(
      expect.objectContaining({
        type: 'attention.raised',
        reason: 'return_stuck',
        subject: `${returns.input.returnId}:createReturnLabel`,
      }),
    );
  });

  test('a refund that keeps failing calls for a person, holds up nothing else, and is done at last', async () => {
    const returns = new ReturnFakes(aReturnInput({ undoMs: 300 }));
    returns.fakes.always('refundPayment', fails(new ProviderRefused('the account is locked')));
    await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, mug('restock'));
      await waitFor('the call for a person and all that is not held up', () => {
        expect(returns.facts).toEqual(
          expect.arrayContaining(['attention.raised', 'inventory.restocked', 'points.revoked']),
        );
      });
      expect(await statusOf(handle)).toBe('refunding');
      returns.fakes.usual('refundPayment');
      await handle.result();
    });
    const timeline = returns.fakes.timelines.get(returns.input.orderId)!;
    expect(timeline).toContainEqual(
      expect.objectContaining({
        type: 'attention.raised',
        reason: 'return_stuck',
        exposure: money(1450, 'EUR'),
      }),
    );
    expect(returns.facts).toContain('attention.resolved');
    expect(new Set(returns.refunds.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(returns.facts.filter((fact) => fact === 'payment.refunded')).toHaveLength(1);
  });

  test('a mail server that is away does not hold the refund up', async () => {
    const returns = new ReturnFakes();
    returns.fakes.script('return_approved', fails(new Error('away')));
    const summary = await live(environment, returns, async (handle) => {
      await waitForStatus(handle, 'awaiting_goods');
      await inspect(handle, mug('restock'));
      return handle.result();
    });
    expect(summary.status).toBe('completed');
    expect(returns.refunds).toHaveLength(1);
  });
});

test('another worker takes a return over without doing anything twice, and its history replays', async () => {
  const returns = new ReturnFakes();
  const first = await returnWorker(environment, returns);
  const handle = await first.worker.runUntil(async () => {
    const started = await first.start();
    await waitForStatus(started, 'awaiting_goods');
    return started;
  });
  const second = await returnWorker(environment, returns, first.taskQueue);
  await second.worker.runUntil(async () => {
    await inspect(handle, tea(2, 'restock'), mug('restock'));
    await handle.result();
  });
  const once = ['createReturnLabel', 'return_approved', 'return_completed', 'restockParcel'];
  for (const call of once) {
    expect(returns.fakes.calls.filter((made) => made === call)).toHaveLength(1);
  }
  expect(returns.refunds).toHaveLength(1);

  const history = await handle.fetchHistory();
  const workflowBundle = { codePath: workflowBundlePath };
  await Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId);
});
