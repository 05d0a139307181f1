import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.js';
import type { Stage } from '../../src/domain/order-state.js';
import { cancelOrderUpdate, type OrderInput } from '../../src/workflows/messages.js';
import { waitForState, useOrderDesk } from '../support/order-desk.js';
import { undosIn } from '../support/parcels.js';
import { mainUndos } from '../support/saga-steps.js';
import type { World } from '../support/world.js';

const desk = useOrderDesk();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };
const beforeCapture = ['voidLabel 0', ...mainUndos];
const afterCapture = [
  'voidLabel 0',
  'refundPayment 0',
  ...mainUndos.filter((undo) => undo !== 'voidAuthorization'),
];

interface Wait {
  readonly stage: Stage;
  readonly input?: Partial<OrderInput>;
  readonly prepare?: (world: World) => void;
  readonly undos: readonly string[];
}

const answers = (call: string, answer: object) => (world: World) => {
  world.always(call, () => answer);
};
const runsShort = answers('reserveInventory', {
  kind: 'short',
  lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
});

const waits: Readonly<Record<string, Wait>> = {
  'for an approval': {
    stage: 'approve',
    input: { verification: { approval: ['large_amount'], code: [] } },
    undos: beforeCapture,
  },
  'for a one-time code': {
    stage: 'confirm_code',
    input: { verification: { approval: [], code: ['other_country'] } },
    undos: beforeCapture,
  },
  'for goods to arrive': {
    stage: 'await_stock',
    input: { policy: { ...defaultPolicy, shortage: 'wait' } },
    prepare: runsShort,
    undos: beforeCapture,
  },
  'for a decision about a shortage': {
    stage: 'decide_shortage',
    input: { policy: { ...defaultPolicy, shortage: 'ask' } },
    prepare: runsShort,
    undos: beforeCapture,
  },
  'for the bank': {
    stage: 'confirm_payment',
    prepare: answers('authorizePayment', { kind: 'requires_action', paymentId: 'pi_1' }),
    undos: beforeCapture,
  },
  'for another card': {
    stage: 'retry_payment',
    prepare: answers('authorizePayment', { kind: 'declined', code: 'generic_decline' }),
    undos: beforeCapture,
  },
  'for another address': {
    stage: 'fix_address',
    prepare: answers('createShipment', { kind: 'refused', reason: 'no_service' }),
    undos: beforeCapture,
  },
  'for the carrier': { stage: 'hand_over', undos: afterCapture },
};

describe.concurrent('a cancel takes everything back', () => {
  test.each(Object.entries(waits))('while the order waits %s', async (_title, wait) => {
    const { handle, world } = await desk.place(wait.input, wait.prepare);
    await waitForState(handle, { stage: wait.stage });
    const summary = await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    expect(summary).toMatchObject({ status: 'cancelled', fulfillmentStatus: 'none' });
    expect(undosIn(world)).toEqual(wait.undos);
    expect(await handle.result()).toMatchObject({ stage: 'done', needsAttention: false });
  });
});
