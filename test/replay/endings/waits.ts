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
import { deliver, type Endings } from './ending.js';
import type { Fakes } from '../../support/fakes.js';
import { answers, shortOfTea, onlyOnePacket } from '../../support/scripts.js';
import type { PlacedOrder } from '../../support/placed-order.js';
import { hurried } from '../../support/order-worker.js';

const approval = { verification: { approval: ['large_amount'], code: [] } } as const;
const code = { verification: { approval: [], code: ['other_country'] } } as const;

const answerApproval = (decision: 'approve' | 'reject') => async (order: PlacedOrder) => {
  await order.waitForState({ stage: 'approve' });
  const args = [{ decision, by: 'mia', reason: 'known customer' }] as const;
  await order.handle.executeUpdate(approveOrderUpdate, { args: [...args] });
};

const say = (order: PlacedOrder, digest: string) =>
  order.handle.executeUpdate(verifyCodeUpdate, { args: [{ digest }] });

const decideShortage = (decision: 'ship_available' | 'cancel') => async (order: PlacedOrder) => {
  await order.waitForState({ stage: 'decide_shortage' });
  await order.handle.executeUpdate(decideShortageUpdate, { args: [{ decision, by: 'customer' }] });
};

const shortOnce = (fakes: Fakes) => {
  fakes.script('reserveInventory', shortOfTea);
};
const shortFirst = (then: () => unknown) => (fakes: Fakes) => {
  fakes.script('reserveInventory', shortOfTea, then);
};
const asksTheBank = (fakes: Fakes) => {
  fakes.script('authorizePayment', () => ({ kind: 'requires_action', paymentId: 'pi_1' }));
};
const declinesOnce = (fakes: Fakes) => {
  fakes.script('authorizePayment', () => ({ kind: 'declined', code: 'generic_decline' }));
};
const policy = (shortage: 'ship_available' | 'wait' | 'ask') => ({
  policy: { ...defaultPolicy, shortage },
});

/** Orders that wait for a person, the customer, goods or a bank, each with what may come of it. */
export const waits: Endings = {
  'delivered-after-an-approval': {
    input: approval,
    act: async (order) => {
      await answerApproval('approve')(order);
      await deliver(order);
    },
  },
  'rejected-by-a-person': { input: approval, act: answerApproval('reject') },
  'rejected-because-nobody-approved': {
    input: { ...approval, ...hurried({ approval: { remindMs: 150, expireMs: 300 } }) },
  },
  'delivered-after-a-code': {
    input: code,
    act: async (order) => {
      await order.waitForState({ stage: 'confirm_code' });
      await say(order, 'right');
      await deliver(order);
    },
  },
  'rejected-after-three-codes': {
    input: code,
    prepare: answers('checkCode', { kind: 'exhausted' }),
    act: async (order) => {
      await order.waitForState({ stage: 'confirm_code' });
      for (const digest of ['one', 'two', 'three']) {
        await say(order, digest);
        if (digest === 'three') return;
        await order.handle.executeUpdate(verifyCodeUpdate, { args: [{ resend: true }] });
      }
    },
  },
  'rejected-because-no-code-came': {
    input: { ...code, ...hurried({ code: { validMs: 200, expireMs: 300 } }) },
  },
  'delivered-with-fewer-goods': {
    input: policy('ship_available'),
    prepare: shortFirst(onlyOnePacket),
    act: deliver,
  },
  'delivered-after-a-backorder': {
    input: policy('wait'),
    prepare: shortOnce,
    act: async (order) => {
      await order.waitForState({ stage: 'await_stock' });
      await order.handle.signal(stockArrivedSignal);
      await deliver(order);
    },
  },
  'rejected-because-no-goods-came': {
    input: {
      ...policy('wait'),
      ...hurried({ shortage: { backorderMs: 300, remindMs: 1, decideMs: 2 } }),
    },
    prepare: (fakes) => {
      fakes.always('reserveInventory', shortOfTea);
    },
  },
  'delivered-as-the-customer-decided': {
    input: policy('ask'),
    prepare: shortFirst(onlyOnePacket),
    act: async (order) => {
      await decideShortage('ship_available')(order);
      await deliver(order);
    },
  },
  'rejected-as-the-customer-decided': {
    input: policy('ask'),
    prepare: shortOnce,
    act: decideShortage('cancel'),
  },
  'rejected-because-the-customer-was-silent': {
    input: {
      ...policy('ask'),
      ...hurried({ shortage: { backorderMs: 1, remindMs: 150, decideMs: 300 } }),
    },
    prepare: shortOnce,
  },
  'delivered-after-the-bank-asked': {
    prepare: asksTheBank,
    act: async (order) => {
      await order.waitForState({ stage: 'confirm_payment' });
      const event = { eventId: 'evt_1', paymentId: 'pi_1', outcome: 'authorized' } as const;
      await order.handle.signal(paymentEventSignal, event);
      await deliver(order);
    },
  },
  'rejected-because-the-bank-heard-nothing': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 0 } }),
    prepare: (fakes) => {
      asksTheBank(fakes);
      fakes.always('confirmPayment', () => ({ kind: 'requires_action', paymentId: 'pi_1' }));
    },
  },
  'delivered-with-another-card': {
    prepare: declinesOnce,
    act: async (order) => {
      await order.waitForState({ stage: 'retry_payment' });
      await order.handle.executeUpdate(retryPaymentUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await deliver(order);
    },
  },
  'rejected-without-another-card': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 300 } }),
    prepare: declinesOnce,
  },
  'delivered-after-a-renewed-authorization': {
    prepare: (fakes) => {
      fakes.script('capturePayment', () => ({ kind: 'authorization_lost' }));
    },
    act: deliver,
  },
  'delivered-after-a-move': {
    input: approval,
    act: async (order) => {
      await order.waitForState({ stage: 'approve' });
      await order.handle.executeUpdate(changeAddressUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await answerApproval('approve')(order);
      await deliver(order);
    },
  },
  'delivered-to-another-address': {
    prepare: (fakes) => {
      fakes.script('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
    act: async (order) => {
      await order.waitForState({ stage: 'fix_address' });
      await order.handle.executeUpdate(changeAddressUpdate, {
        args: [{ changeId: 'chg_1', by: 'customer' }],
      });
      await deliver(order);
    },
  },
  'rejected-because-the-address-stayed': {
    input: hurried({ address: { fixMs: 300 } }),
    prepare: answers('createShipment', { kind: 'refused', reason: 'no_service' }),
    act: (order) => order.waitForFact('address.fix_requested'),
  },
};
