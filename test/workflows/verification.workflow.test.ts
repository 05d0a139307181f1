import { describe, expect, test } from 'vitest';
import type { Codes } from '../../src/activities/ports.js';
import { codesPerOrder, triesPerCode, verdictOn } from '../../src/domain/one-time-code.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import {
  type Approval,
  approveOrderUpdate,
  type CodeMessage,
  type OrderInput,
  verifyCodeUpdate,
} from '../../src/workflows/messages.js';
import { type Fakes, gate } from '../support/fakes.js';
import { hurried, useOrderWorker } from '../support/order-worker.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { holdUp, slowWriting } from '../support/scripts.js';
import { waitFor } from '../support/wait-for.js';

/** What the API would make of the code that an order's customer was sent. @param number from 1 */
const rightCode = ({ handle }: PlacedOrder, number = 1) => ({
  digest: `${handle.workflowId} ${number}`,
});

/** The shop's codes: each order's last one is right, until its tries are used up. */
const keepsCodes =
  ({ expired = [] }: { readonly expired?: readonly number[] } = {}) =>
  (fakes: Fakes): void => {
    const left = new Map<number, number>();
    fakes.always('checkCode', (request: Parameters<Codes['check']>[0]) => {
      const { orderId, number, digest } = request;
      const code = {
        triesLeft: left.get(number) ?? triesPerCode,
        isExpired: expired.includes(number),
      };
      const verdict = verdictOn(code, digest === `${orderId} ${number}`);
      if (verdict.kind === 'wrong') left.set(number, verdict.triesLeft);
      if (verdict.kind === 'exhausted') left.set(number, 0);
      return verdict;
    });
  };

const orders = useOrderWorker();

/** Rejected before anything was done that would have to be taken back. */
async function isTurnedAway(order: PlacedOrder, reason: string): Promise<void> {
  await order.isRejected(reason);
  expect(order.fakes.calls).not.toContain('reserveInventory');
  expect(order.fakes.undos).toEqual([]);
}

/** Waits until an order's first timer has fired. */
const limitPasses = ({ handle }: PlacedOrder): Promise<void> =>
  waitFor('a timer that fired', async () => {
    const { events } = await handle.fetchHistory();
    expect(events?.some(({ timerFiredEventAttributes: fired }) => fired)).toBe(true);
  });

describe.concurrent('an order that a person has to approve', () => {
  const verification = { ...nothingToVerify, approval: ['large_amount'] } as const;
  const answer = ({ handle }: PlacedOrder, decision: Approval['decision'], by = 'mia') =>
    handle.executeUpdate(approveOrderUpdate, { args: [{ decision, by, reason: 'seen' }] });

  const waiting = async (changes: Partial<OrderInput> = {}, prepare?: (fakes: Fakes) => void) => {
    const order = await orders.place({ verification, ...changes }, prepare);
    await order.waitForState({ status: 'awaiting_approval', stage: 'approve' });
    return order;
  };

  test('asks for nothing before it is approved, and goes on then', async () => {
    const order = await waiting();
    expect(order.fakes.calls).not.toContain('reserveInventory');
    expect(await answer(order, 'approve')).not.toMatchObject({ stage: 'approve' });
    expect(order.recorded('order.approved')).toMatchObject([{ by: 'mia', reason: 'seen' }]);
    await order.isDelivered();
    expect(order.recorded('approval.reminded', 'attention.raised')).toEqual([]);
  });

  test('ends without a trace in the books when it is rejected', async () => {
    const order = await waiting();
    await answer(order, 'reject');
    await isTurnedAway(order, 'not_approved');
    expect(order.recorded('approval.refused')).toMatchObject([{ by: 'mia', reason: 'seen' }]);
  });

  test('reminds the staff, and expires when they stay silent', async () => {
    const order = await orders.place({
      verification,
      ...hurried({ approval: { remindMs: 100, expireMs: 300 } }),
    });
    await isTurnedAway(order, 'approval_expired');
    expect(order.fakes.requests('approval_reminder')).toHaveLength(1);
    const steps = order.recorded('approval.reminded', 'attention.raised', 'attention.resolved');
    expect(steps).toMatchObject([
      { type: 'approval.reminded' },
      { type: 'attention.raised', reason: 'approval_overdue' },
      { type: 'attention.resolved', reason: 'approval_overdue' },
    ]);
    expect(order.recorded('approval.expired')).toHaveLength(1);
  });

  test('needs no attention any more when it is approved after the reminder', async () => {
    const order = await waiting(hurried({ approval: { remindMs: 50, expireMs: 60_000 } }));
    await order.openItem('approval_overdue');
    await order.waitForState({ stage: 'approve', needsAttention: true });
    await answer(order, 'approve');
    await order.isDelivered();
    expect(order.items('approval_overdue')).toHaveLength(1);
    expect(order.recorded('approval.expired')).toEqual([]);
  });

  test('follows the first of two people, and names that one to the second', async () => {
    const writing = slowWriting('approval-answer');
    const order = await waiting({}, writing.prepare);
    const first = answer(order, 'approve', 'mia');
    await writing.hasBegun();
    await expect(answer(order, 'reject', 'noah')).rejects.toMatchObject({
      cause: { type: 'Refused', message: 'mia has decided already' },
    });
    writing.goOn();
    await first;
    await order.isDelivered();
    expect(order.recorded('order.approved', 'approval.refused')).toMatchObject([{ by: 'mia' }]);
  });

  test.each([1, 2, 3, 4, 5])(
    'is cancelled by a cancel at the same moment, and who approved is told what counted (%i)',
    async () => {
      const order = await waiting();
      const approving = answer(order, 'approve').then(
        () => true,
        () => false,
      );
      expect(await order.cancel()).toMatchObject({ status: 'cancelled' });
      expect(order.facts.includes('order.approved')).toBe(await approving);
    },
  );

  test('is cancelled when the cancel comes while its refusal is written', async () => {
    const writing = slowWriting('approval-answer');
    const order = await waiting({}, writing.prepare);
    const refused = answer(order, 'reject');
    await writing.hasBegun();
    const cancelled = await order.startCancel();
    writing.goOn();
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
    await refused;
    expect(order.facts).not.toContain('order.rejected');
  });
});

describe.concurrent('an order that needs a one-time code', () => {
  const verification = { ...nothingToVerify, code: ['other_country'] } as const;

  const waiting = async (changes: Partial<OrderInput> = {}, prepare = keepsCodes()) => {
    const order = await orders.place({ verification, ...changes }, prepare);
    await order.waitForState({ status: 'awaiting_customer', stage: 'confirm_code' });
    return order;
  };
  const say = ({ handle }: PlacedOrder, message: CodeMessage) =>
    handle.executeUpdate(verifyCodeUpdate, { args: [message] });
  const wrong = { digest: 'wrong' };

  /** Guesses until the code has no tries left. */
  async function useUp(order: PlacedOrder): Promise<void> {
    for (let triesLeft = triesPerCode - 1; triesLeft > 0; triesLeft -= 1) {
      expect(await say(order, wrong)).toEqual({ kind: 'wrong', triesLeft });
    }
    expect(await say(order, wrong)).toEqual({ kind: 'exhausted' });
  }

  test('asks for nothing before it has the right one, and goes on then', async () => {
    const order = await waiting();
    expect(await say(order, wrong)).toEqual({ kind: 'wrong', triesLeft: triesPerCode - 1 });
    expect(order.fakes.calls).not.toContain('reserveInventory');
    expect(await say(order, rightCode(order))).toEqual({ kind: 'verified' });
    await order.isDelivered();
  });

  test('is rejected when every code is used up, and not before', async () => {
    const order = await waiting();
    for (let number = 1; number < codesPerOrder; number += 1) {
      await useUp(order);
      expect(await say(order, rightCode(order, number))).toEqual({ kind: 'exhausted' });
      expect(await say(order, { resend: true })).toEqual({ kind: 'sent' });
    }
    await useUp(order);
    await isTurnedAway(order, 'code_not_confirmed');
    expect(order.fakes.requests('sendCode')).toHaveLength(codesPerOrder);
  });

  test('sends no more codes than it may, and still takes the last one', async () => {
    const order = await waiting();
    for (let number = 2; number <= codesPerOrder; number += 1) {
      expect(await say(order, { resend: true })).toEqual({ kind: 'sent' });
    }
    expect(await say(order, { resend: true })).toEqual({ kind: 'no_more_codes' });
    expect(order.fakes.requests('sendCode')).toHaveLength(codesPerOrder);
    expect(await say(order, rightCode(order, 1))).toMatchObject({ kind: 'wrong' });
    expect(await say(order, rightCode(order, codesPerOrder))).toEqual({ kind: 'verified' });
    await order.isDelivered();
  });

  test('is rejected when no code comes in time', async () => {
    const order = await orders.place({
      verification,
      ...hurried({ code: { validMs: 200, expireMs: 300 } }),
    });
    await isTurnedAway(order, 'code_not_confirmed');
    expect(order.fakes.calls).not.toContain('checkCode');
  });

  test('takes another code in place of one that has expired', async () => {
    const order = await waiting({}, keepsCodes({ expired: [1] }));
    expect(await say(order, rightCode(order))).toEqual({ kind: 'expired' });
    await order.waitForState({ stage: 'confirm_code' });
    await say(order, { resend: true });
    expect(await say(order, rightCode(order, 2))).toEqual({ kind: 'verified' });
    await order.isDelivered();
  });

  test('counts a code that came in time, though its check ends after the limit', async () => {
    const held = gate<object>();
    const order = await waiting(
      hurried({ code: { validMs: 60_000, expireMs: 3_000 } }),
      holdUp('checkCode', held),
    );
    const said = say(order, rightCode(order));
    await order.fakes.waitForCall('checkCode');
    await limitPasses(order);
    held.open({ kind: 'verified' });
    expect(await said).toEqual({ kind: 'verified' });
    await order.isDelivered();
  });

  test('deals with two tries at once one after the other', async () => {
    const held = gate<object>();
    const order = await waiting({}, holdUp('checkCode', held));
    const start = (message: CodeMessage) =>
      order.handle.startUpdate(verifyCodeUpdate, { args: [message], waitForStage: 'ACCEPTED' });
    const first = await start(rightCode(order));
    await order.fakes.waitForCall('checkCode');
    const second = await start(wrong);
    held.open({ kind: 'verified' });
    expect([await first.result(), await second.result()]).toEqual([
      { kind: 'verified' },
      { kind: 'verified' },
    ]);
    const tries = order.fakes.requests('checkCode');
    expect(tries).toMatchObject([{ tryNumber: 1 }]);
    await order.isDelivered();
  });
});
