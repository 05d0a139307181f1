import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Entry, Ports, Written } from '../../../src/activities/ports.js';
import type { Boundary, Step } from '../schedule/plans.js';
import type { Failpoints } from './failpoints.js';

/** An entry of the journal that is on its way into the database, and whose order it is. */
interface Appended {
  readonly entry: Pick<Entry, 'orderId' | 'key'>;
  readonly meet: () => Promise<void>;
}

type Committed = (appended: Appended) => Promise<void>;

/** For a journal that commits whatever it appends. */
export const whenAppended: Committed = ({ meet }) => meet();

type Call = <Result>(
  orderId: string,
  steps: readonly Step[],
  call: () => Promise<Result>,
) => Promise<Result>;

/** The ports of the activities, at whose calls the process may die. */
export function failing<SomePorts extends Ports>(
  ports: SomePorts,
  failpoints: Failpoints,
  committed: Committed,
): SomePorts {
  if (failpoints.isQuiet) return ports;
  const meet = meetingAt(ports, failpoints);
  const call: Call = async (orderId, steps, work) => {
    for (const step of steps) await meet(orderId, step, 'before_effect');
    const result = await work();
    for (const step of steps) await meet(orderId, step, 'after_effect');
    return result;
  };
  return { ...ports, ...callsOf(ports, call), journal: journalOf(ports, meet, committed) };
}

type Meet = (orderId: string, step: Step, boundary: Boundary) => Promise<void>;

function meetingAt({ orders }: Ports, failpoints: Failpoints): Meet {
  return async (orderId, step, boundary) => {
    if (!isOrderId(orderId)) return;
    const find = async () => (await orders.find(orderId)).customer.id;
    const customerId = await failpoints.customerOf(orderId, find);
    if (failpoints.concerns(customerId)) {
      await failpoints.meet({ orderId, customerId }, step, boundary);
    }
  };
}

/** Goods that replace a lost parcel are held in the shipment's name. */
const isOrderId = (id: string): id is Entry['orderId'] => id.startsWith('ord_');

/** A void finds whatever there is to give back, so that it may be the refund. */
const callsOf = (
  { inventory, payments, carrier, mailer }: Ports,
  call: Call,
): Pick<Ports, 'inventory' | 'payments' | 'carrier' | 'mailer'> => ({
  inventory: {
    ...inventory,
    reserve: (holdId, lines, options) =>
      call(holdId, ['reserve'], () => inventory.reserve(holdId, lines, options)),
    release: (holdId) => call(holdId, ['release'], () => inventory.release(holdId)),
  },
  payments: {
    ...payments,
    authorize: (request) => call(request.orderId, ['authorize'], () => payments.authorize(request)),
    capture: (request) => call(request.orderId, ['capture'], () => payments.capture(request)),
    refund: (request) => call(request.orderId, ['refund'], () => payments.refund(request)),
    voidAuthorization: (request) =>
      call(request.orderId, ['void', 'refund'], () => payments.voidAuthorization(request)),
  },
  carrier: {
    ...carrier,
    buyLabel: (request) => call(request.orderId, ['label'], () => carrier.buyLabel(request)),
  },
  mailer: {
    ...mailer,
    send: (mail) =>
      call(mail.orderId, mail.template === 'order_confirmation' ? ['notify'] : [], () =>
        mailer.send(mail),
      ),
  },
});

const journalOf = ({ journal }: Ports, meet: Meet, committed: Committed): Ports['journal'] => ({
  ...journal,
  append: async (entry): Promise<Written> => {
    const written = await journal.append(entry);
    const steps = stepsOfKey(entry.key);
    if (steps.length === 0) return written;
    await committed({
      entry,
      meet: async () => {
        for (const step of steps) await meet(entry.orderId, step, 'after_commit');
      },
    });
    return written;
  },
});

/** By the first word of an entry's key, which is the name of its activity. */
const entries: Readonly<Record<string, readonly Step[]>> = {
  reserveInventory: ['reserve'],
  authorizePayment: ['authorize'],
  createShipment: ['label'],
  capturePayment: ['capture'],
  sendOrderConfirmation: ['notify'],
  voidAuthorization: ['void', 'refund'],
  refundPayment: ['refund'],
  releaseInventory: ['release'],
};

const stepsOfKey = (key: string): readonly Step[] => entries[key.split(':')[0] ?? ''] ?? [];

const lookMs = 2;
/** What is not committed by then was rolled back. */
const commitLimitMs = 10_000;

/**
 * For a journal that appends within somebody's transaction: watched from outside, the entry is
 * committed as soon as others see it. Nobody waits for that.
 */
export function whenVisible(databaseUrl: string): Committed {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => undefined);
  return (appended) => {
    void meetWhenVisible(pool, appended).catch(() => undefined);
    return Promise.resolve();
  };
}

async function meetWhenVisible(pool: pg.Pool, { entry, meet }: Appended): Promise<void> {
  const endMs = Date.now() + commitLimitMs;
  while (Date.now() < endMs) {
    if (await isVisible(pool, entry)) return meet();
    await sleep(lookMs);
  }
}

async function isVisible(pool: pg.Pool, { orderId, key }: Appended['entry']): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select from orders.timeline where order_id = $1 and entry_key = $2 limit 1',
    [orderId, key],
  );
  return rowCount === 1;
}
