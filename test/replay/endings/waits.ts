import {
  approveOrderUpdate,
  changeAddressUpdate,
  decideShortageUpdate,
  paymentEventSignal,
  retryPaymentUpdate,
  stockArrivedSignal,
  verifyCodeUpdate,
} from '../../../src/workflows/messages.js';
import { defaultPolicy } from '../../../src/domain/policy.js';
import { waitForState } from '../../support/order-desk.js';
import type { OrderHandle } from '../../support/order-worker.js';
import type { World } from '../../support/world.js';
import {
  deliver,
  hurried,
  onlyOnePacket,
  shortOfTea,
  waitForFact,
  type Endings,
} from './ending.js';

const approval = { verification: { approval: ['large_amount'], code: [] } } as const;
const code = { verification: { approval: [], code: ['other_country'] } } as const;

const answerApproval = (decision: 'approve' | 'reject') => async (handle: OrderHandle) => {
  await waitForState(handle, { stage: 'approve' });
  const args = [{ decision, by: 'mia', reason: 'known customer' }] as const;
  await handle.executeUpdate(approveOrderUpdate, { args: [...args] });
};

const say = (handle: OrderHandle, digest: string) =>
  handle.executeUpdate(verifyCodeUpdate, { args: [{ digest }] });

const decideShortage = (decision: 'ship_available' | 'cancel') => async (handle: OrderHandle) => {
  await waitForState(handle, { stage: 'decide_shortage' });
  await handle.executeUpdate(decideShortageUpdate, { args: [{ decision, by: 'customer' }] });
};

const shortOnce = (world: World) => {
  world.script('reserveInventory', shortOfTea);
};
const shortFirst = (then: () => unknown) => (world: World) => {
  world.script('reserveInventory', shortOfTea, then);
};
const asksTheBank = (world: World) => {
  world.script('authorizePayment', () => ({ kind: 'requires_action', paymentId: 'pi_1' }));
};
const declinesOnce = (world: World) => {
  world.script('authorizePayment', () => ({ kind: 'declined', code: 'generic_decline' }));
};
const policy = (shortage: 'ship_available' | 'wait' | 'ask') => ({
  policy: { ...defaultPolicy, shortage },
});

/** Orders that wait for a person, the customer, goods or a bank, each with what may come of it. */
export const waits: Endings = {
  'delivered-after-an-approval': {
    input: approval,
    act: async (handle) => {
      await answerApproval('approve')(handle);
      await deliver(handle);
    },
  },
  'rejected-by-a-person': { input: approval, act: answerApproval('reject') },
  'rejected-because-nobody-approved': {
    input: { ...approval, ...hurried({ approval: { remindMs: 150, expireMs: 300 } }) },
  },
  'delivered-after-a-code': {
    input: code,
    act: async (handle) => {
      await waitForState(handle, { stage: 'confirm_code' });
      await say(handle, 'right');
      await deliver(handle);
    },
  },
  'rejected-after-three-codes': {
    input: code,
    world: (world) => {
      world.always('checkCode', () => ({ kind: 'exhausted' }));
    },
    act: async (handle) => {
      await waitForState(handle, { stage: 'confirm_code' });
      for (const digest of ['one', 'two', 'three']) {
        await say(handle, digest);
        if (digest === 'three') return;
        await handle.executeUpdate(verifyCodeUpdate, { args: [{ resend: true }] });
      }
    },
  },
  'rejected-because-no-code-came': {
    input: { ...code, ...hurried({ code: { validMs: 200, expireMs: 300 } }) },
  },
  'delivered-with-fewer-goods': {
    input: policy('ship_available'),
    world: shortFirst(onlyOnePacket),
    act: deliver,
  },
  'delivered-after-a-backorder': {
    input: policy('wait'),
    world: shortOnce,
    act: async (handle) => {
      await waitForState(handle, { stage: 'await_stock' });
      await handle.signal(stockArrivedSignal);
      await deliver(handle);
    },
  },
  'rejected-because-no-goods-came': {
    input: {
      ...policy('wait'),
      ...hurried({ shortage: { backorderMs: 300, remindMs: 1, decideMs: 2 } }),
    },
    world: (world) => {
      world.always('reserveInventory', shortOfTea);
    },
  },
  'delivered-as-the-customer-decided': {
    input: policy('ask'),
    world: shortFirst(onlyOnePacket),
    act: async (handle) => {
      await decideShortage('ship_available')(handle);
      await deliver(handle);
    },
  },
  'rejected-as-the-customer-decided': {
    input: policy('ask'),
    world: shortOnce,
    act: decideShortage('cancel'),
  },
  'rejected-because-the-customer-was-silent': {
    input: {
      ...policy('ask'),
      ...hurried({ shortage: { backorderMs: 1, remindMs: 150, decideMs: 300 } }),
    },
    world: shortOnce,
  },
  'delivered-after-the-bank-asked': {
    world: asksTheBank,
    act: async (handle) => {
      await waitForState(handle, { stage: 'confirm_payment' });
      const event = { eventId: 'evt_1', paymentId: 'pi_1', outcome: 'authorized' } as const;
      await handle.signal(paymentEventSignal, event);
      await deliver(handle);
    },
  },
  'rejected-because-the-bank-heard-nothing': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 0 } }),
    world: (world) => {
      asksTheBank(world);
      world.always('confirmPayment', () => ({ kind: 'requires_action', paymentId: 'pi_1' }));
    },
  },
  'delivered-with-another-card': {
    world: declinesOnce,
    act: async (handle) => {
      await waitForState(handle, { stage: 'retry_payment' });
      await handle.executeUpdate(retryPaymentUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await deliver(handle);
    },
  },
  'rejected-without-another-card': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 300 } }),
    world: declinesOnce,
  },
  'delivered-after-a-renewed-authorization': {
    world: (world) => {
      world.script('capturePayment', () => ({ kind: 'authorization_lost' }));
    },
    act: deliver,
  },
  'delivered-after-a-move': {
    input: approval,
    act: async (handle) => {
      await waitForState(handle, { stage: 'approve' });
      await handle.executeUpdate(changeAddressUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await answerApproval('approve')(handle);
      await deliver(handle);
    },
  },
  'delivered-to-another-address': {
    world: (world) => {
      world.script('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
    act: async (handle) => {
      await waitForState(handle, { stage: 'fix_address' });
      await handle.executeUpdate(changeAddressUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await deliver(handle);
    },
  },
  'rejected-because-the-address-stayed': {
    input: hurried({ address: { fixMs: 300 } }),
    world: (world) => {
      world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
    act: (handle) => waitForFact(handle, 'address.fix_requested'),
  },
};
