import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServicePorts } from '../../src/choreography/service.js';
import type { Mail, Ports } from '../../src/activities/ports.js';
import { money } from '../../src/domain/money.js';
import { publishing } from '../../bench/compare/naive/naive-services.js';
import { failing, whenAppended } from '../../bench/compare/failpoints/failing.js';
import {
  Failpoints,
  isDeath,
  readNotes,
  writePoints,
} from '../../bench/compare/failpoints/failpoints.js';
import { scheduleOf } from '../../bench/compare/schedule/faults.js';
import type { Boundary, Deed, Step } from '../../bench/compare/schedule/orders.js';
import { useTempFolder } from '../support/temp-folder.js';

const orderId = 'ord_01h2xcejqtf2nbrexx3vqjhp41';
const [plan] = scheduleOf(1, 'none', 2).orders;
const customerId = plan?.customerId ?? '';

const folder = useTempFolder();
const sandboxUrl = 'http://sandbox.test';
const asked: unknown[] = [];
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation((_url, init) => {
    asked.push(JSON.parse(init!.body as string));
    return Promise.resolve(Response.json({}, { status: 201 }));
  });
});
afterEach(() => vi.restoreAllMocks());

/** Thrown in place of a SIGKILL: whatever comes after it never happens. */
class Killed extends Error {}

const journal: string[] = [];

/** The ports that an order needs, with a journal of what was called. */
const called = (name: string) => () => {
  journal.push(name);
  return Promise.resolve({ kind: 'reserved' });
};
const ports = {
  orders: { find: () => Promise.resolve({ customer: { id: customerId } }) },
  inventory: { reserve: called('reserve'), release: called('release') },
  payments: { refund: called('refund'), voidAuthorization: called('void') },
  carrier: {},
  mailer: { send: called('mail') },
  journal: {
    append: called('append'),
    appendWith: async (effect: PromiseLike<unknown>) => {
      journal.push('appendWith');
      return { outcome: await effect };
    },
  },
} as unknown as Ports;

function portsThat(...deeds: readonly Deed[]): Ports {
  journal.length = 0;
  asked.length = 0;
  const orders = [{ ...plan!, deeds }];
  writePoints(folder.path, [{ seed: 1, orders, disturbances: [] }]);
  const die = () => Promise.reject(new Killed());
  return failing(ports, new Failpoints(folder.path, sandboxUrl, die), whenAppended);
}

const dying = (step: Step, boundary: Boundary): Deed => ({ kind: 'die', step, boundary });
const entry = { orderId, key: 'reserveInventory:2', facts: [] } as const;
const reserve = ({ journal, inventory }: Ports) =>
  journal.appendWith(inventory.reserve(orderId, []), () => entry);
const release = ({ journal, inventory }: Ports) =>
  journal.appendWith(inventory.release(orderId), () => ({ ...entry, key: 'releaseInventory' }));
const append = (some: Ports, key: string) => some.journal.append({ orderId, key, facts: [] });

test('before the effect nothing has happened, after it the answer is lost', async () => {
  await expect(reserve(portsThat(dying('reserve', 'before_effect')))).rejects.toThrow(Killed);
  expect(journal).not.toContain('appendWith');
  const after = portsThat(dying('release', 'after_effect'));
  await expect(release(after)).rejects.toThrow(Killed);
  expect(journal).toEqual(['release', 'appendWith']);
});

test('after the commit the entry is written, and only the entry of that step', async () => {
  const some = portsThat(dying('reserve', 'after_commit'));
  await append(some, 'authorizePayment');
  await append(some, 'order.placed');
  await expect(reserve(some)).rejects.toThrow(Killed);
  expect(journal).toEqual(['append', 'append', 'reserve', 'appendWith']);
});

test('each point is met once, also by the process that comes after', async () => {
  await expect(reserve(portsThat(dying('reserve', 'before_effect')))).rejects.toThrow(Killed);
  const next = portsThat(dying('reserve', 'before_effect'));
  await reserve(next);
  expect(journal).toEqual(['reserve', 'appendWith']);
  const death = { customerId, name: 'die.reserve.before_effect' };
  expect((await readNotes(folder.path)).filter(isDeath)).toMatchObject([death]);
});

test('a void is a refund where money was taken', async () => {
  const some = portsThat(dying('refund', 'after_effect'));
  const keys = { authorizationKey: `${orderId}:authorize`, idempotencyKey: `${orderId}:void` };
  const voiding = some.payments.voidAuthorization({ orderId, amount: money(1, 'EUR'), ...keys });
  await expect(voiding).rejects.toThrow(Killed);
  expect(journal).toEqual(['void']);
});

test('a fault of a provider is ordered for this order just before the call, once', async () => {
  const fault = { service: 'mail', operation: 'send', kind: 'drop_response' } as const;
  const some = portsThat({ kind: 'provider', step: 'notify', fault });
  const content = { to: 'ada@example.com', subject: '', text: '', html: '' };
  const mail: Mail = { orderId, template: 'order_confirmation', ...content };
  await some.mailer.send({ ...mail, template: 'order_placed' });
  expect(asked).toEqual([]);
  await some.mailer.send(mail);
  await some.mailer.send(mail);
  expect(asked).toEqual([{ ...fault, order_id: orderId }]);
});

test('what is about no order of the plan goes its way', async () => {
  expect(portsThat()).toBe(ports);
  const some = portsThat(dying('reserve', 'before_effect'));
  await some.inventory.reserve('shp_01h2xcejqtf2nbrexx3vqjhp41', []);
  expect(journal).toEqual(['reserve']);
});

test('the bad example publishes all that its journal has written, also with an effect, and after it', async () => {
  journal.length = 0;
  const facts = [{ type: 'inventory.reserved', sequence: 2 }];
  const written = (name: string) => () => {
    journal.push(name);
    return Promise.resolve({ outcome: null, facts });
  };
  const quiet = { journal: { append: written('append'), appendWith: written('appendWith') } };
  const some = publishing(quiet as unknown as ServicePorts, ({ type, sequence }) => {
    journal.push(`${type} ${sequence}`);
    return Promise.resolve();
  });
  await append(some, 'order.placed');
  await some.journal.appendWith(Promise.resolve(null), () => entry);
  expect(journal).toEqual(['append', 'inventory.reserved 2', 'appendWith', 'inventory.reserved 2']);
});

test('a message has its mishap once', () => {
  const mishap = { event: 'order.placed', kind: 'doubled' } as const;
  writePoints(folder.path, [{ seed: 1, orders: [{ ...plan!, mishap }], disturbances: [] }]);
  const failpoints = new Failpoints(folder.path, sandboxUrl);
  expect(failpoints.mishap(customerId, 'order.confirmed')).toBeUndefined();
  expect(failpoints.mishap(customerId, 'order.placed')).toBe('doubled');
  expect(failpoints.mishap(customerId, 'order.placed')).toBeUndefined();
  expect(failpoints.mishap('cus_other', 'order.placed')).toBeUndefined();
});
