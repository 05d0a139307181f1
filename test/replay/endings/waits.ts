import {
  approveOrderUpdate,
  changeAddressUpdate,
  decideShortageUpdate,
  paymentEventSignal,
  retryPaymentUpdate,
  stockArrivedSignal,
  verifyCodeUpdate,
  type CodeMessage,
} from '../../../src/workflows/messages.js';
import { at, deliver, oneByOne, type Endings } from './ending.js';
import {
  answers,
  onlyOnePacket,
  refusesLabel,
  scripted,
  shortOfTea,
} from '../../support/scripts.js';
import { hurried, withPolicy } from '../../support/order-worker.js';

const approval = { verification: { approval: ['large_amount'], code: [] } } as const;
const code = { verification: { approval: [], code: ['other_country'] } } as const;

const answerApproval = (decision: 'approve' | 'reject') =>
  at('approve', ({ handle }) =>
    handle.executeUpdate(approveOrderUpdate, {
      args: [{ decision, by: 'mia', reason: 'known customer' }],
    }),
  );

const change = { changeId: 'chg_1', by: 'customer' };
const moveAt = (stage: 'approve' | 'fix_address') =>
  at(stage, ({ handle }) => handle.executeUpdate(changeAddressUpdate, { args: [change] }));

const say = (...messages: readonly CodeMessage[]) =>
  at('confirm_code', async ({ handle }) => {
    for (const message of messages) {
      await handle.executeUpdate(verifyCodeUpdate, { args: [message] });
    }
  });

const decideShortage = (decision: 'ship_available' | 'cancel') =>
  at('decide_shortage', ({ handle }) =>
    handle.executeUpdate(decideShortageUpdate, { args: [{ decision, by: 'customer' }] }),
  );

const needsAction = () => ({ kind: 'requires_action', paymentId: 'pi_1' });
const asksTheBank = scripted({ authorizePayment: [needsAction] });
const declinesOnce = scripted({
  authorizePayment: [() => ({ kind: 'declined', code: 'generic_decline' })],
});
const shortOnce = scripted({ reserveInventory: [shortOfTea] });
const partlyThere = scripted({ reserveInventory: [shortOfTea, onlyOnePacket] });
const policy = (shortage: 'ship_available' | 'wait' | 'ask') => withPolicy({ shortage });

/** Orders that wait for a person, the customer, goods or a bank, each with what may come of it. */
export const waits: Endings = {
  'delivered-after-an-approval': {
    input: approval,
    act: oneByOne(answerApproval('approve'), deliver),
  },
  'rejected-by-a-person': { input: approval, act: answerApproval('reject') },
  'rejected-because-nobody-approved': {
    input: { ...approval, ...hurried({ approval: { remindMs: 150, expireMs: 300 } }) },
  },
  'delivered-after-a-code': {
    input: code,
    act: oneByOne(say({ digest: 'right' }), deliver),
  },
  'rejected-after-three-codes': {
    input: code,
    prepare: answers('checkCode', { kind: 'exhausted' }),
    act: say(
      { digest: 'one' },
      { resend: true },
      { digest: 'two' },
      { resend: true },
      { digest: 'three' },
    ),
  },
  'rejected-because-no-code-came': {
    input: { ...code, ...hurried({ code: { validMs: 200, expireMs: 300 } }) },
  },
  'delivered-with-fewer-goods': {
    input: policy('ship_available'),
    prepare: partlyThere,
    act: deliver,
  },
  'delivered-after-a-backorder': {
    input: policy('wait'),
    prepare: shortOnce,
    act: oneByOne(
      at('await_stock', ({ handle }) => handle.signal(stockArrivedSignal)),
      deliver,
    ),
  },
  'rejected-because-no-goods-came': {
    input: {
      ...policy('wait'),
      ...hurried({ shortage: { backorderMs: 300, remindMs: 1, decideMs: 2 } }),
    },
    prepare: answers('reserveInventory', shortOfTea()),
  },
  'delivered-as-the-customer-decided': {
    input: policy('ask'),
    prepare: partlyThere,
    act: oneByOne(decideShortage('ship_available'), deliver),
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
    act: oneByOne(
      at('confirm_payment', ({ handle }) =>
        handle.signal(paymentEventSignal, {
          eventId: 'evt_1',
          paymentId: 'pi_1',
          outcome: 'authorized',
        }),
      ),
      deliver,
    ),
  },
  'rejected-because-the-bank-heard-nothing': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 0 } }),
    prepare: scripted({ authorizePayment: [needsAction], confirmPayment: [needsAction] }),
  },
  'delivered-with-another-card': {
    prepare: declinesOnce,
    act: oneByOne(
      at('retry_payment', ({ handle }) =>
        handle.executeUpdate(retryPaymentUpdate, { args: [change] }),
      ),
      deliver,
    ),
  },
  'rejected-without-another-card': {
    input: hurried({ payment: { confirmMs: 300, retryMs: 300 } }),
    prepare: declinesOnce,
  },
  'delivered-after-a-renewed-authorization': {
    prepare: scripted({ capturePayment: [() => ({ kind: 'authorization_lost' })] }),
    act: deliver,
  },
  'delivered-after-a-move': {
    input: approval,
    act: oneByOne(moveAt('approve'), answerApproval('approve'), deliver),
  },
  'delivered-to-another-address': {
    prepare: scripted({ createShipment: [refusesLabel] }),
    act: oneByOne(moveAt('fix_address'), deliver),
  },
  'rejected-because-the-address-stayed': {
    input: hurried({ address: { fixMs: 300 } }),
    prepare: answers('createShipment', refusesLabel()),
    act: (order) => order.waitForFact('address.fix_requested'),
  },
};
