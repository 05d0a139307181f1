import pg from 'pg';
import type { Effect, Entry, Journal, Ports } from '../../../src/activities/ports.js';
import { poll } from '../../../src/runtime/deadline.js';
import type { Boundary, Step } from '../schedule/orders.js';
import type { Failpoints } from './failpoints.js';

/** Meets the failpoint of an entry of the journal when the entry is committed. */
type Committed = (entry: Entry, meet: () => Promise<void>) => Promise<void>;

/** For a journal that commits whatever it appends. */
export const whenAppended: Committed = (_entry, meet) => meet();

type Call = <Result>(
  orderId: string,
  steps: readonly Step[],
  call: () => PromiseLike<Result>,
) => Promise<Result>;

/** The ports of the activities, at whose calls the process may die. */
export function failing<SomePorts extends Ports>(
  ports: SomePorts,
  failpoints: Failpoints,
  committed: Committed,
): SomePorts {
  if (failpoints.isQuiet) return ports;
  const meet = async (orderId: string, steps: readonly Step[], boundary: Boundary) => {
    if (steps.length === 0 || !isOrderId(orderId)) return;
    const find = async () => (await ports.orders.find(orderId)).customer.id;
    const customerId = await failpoints.customerOf(orderId, find);
    for (const step of steps) await failpoints.meet({ orderId, customerId }, step, boundary);
  };
  const call: Call = async (orderId, steps, work) => {
    await meet(orderId, steps, 'before_effect');
    const result = await work();
    await meet(orderId, steps, 'after_effect');
    return result;
  };
  const { journal } = ports;
  const meetCommitted = async (entry: Entry) => {
    const steps = stepsOf[entry.key.split(':')[0] ?? ''] ?? [];
    if (steps.length > 0) {
      await committed(entry, () => meet(entry.orderId, steps, 'after_commit'));
    }
  };
  const append: Journal['append'] = async (entry) => {
    const written = await journal.append(entry);
    await meetCommitted(entry);
    return written;
  };
  const effects = new EffectsOnHolds();
  const appendWith: Journal['appendWith'] = async (effect, entryOf) => {
    const [holdId, ...steps] = effects.of(effect);
    const written = await call(holdId, steps, () => journal.appendWith(effect, entryOf));
    await meetCommitted(entryOf(written.outcome));
    return written;
  };
  return {
    ...ports,
    ...callsOf(ports, call),
    inventory: effects.noted(ports.inventory),
    journal: { ...journal, append, appendWith },
  };
}

/** Effects are one call with their entry: they are noted when they are made, and met when they are sent. */
class EffectsOnHolds {
  private readonly known = new WeakMap<object, readonly [string, ...Step[]]>();

  of(effect: Effect<unknown>): readonly [string, ...Step[]] {
    return this.known.get(effect) ?? [''];
  }

  noted(inventory: Ports['inventory']): Ports['inventory'] {
    return {
      ...inventory,
      reserve: (holdId, ...rest) =>
        this.note(inventory.reserve(holdId, ...rest), holdId, 'reserve'),
      release: (holdId) => this.note(inventory.release(holdId), holdId, 'release'),
    };
  }

  private note<Outcome>(effect: Effect<Outcome>, holdId: string, step: Step): Effect<Outcome> {
    this.known.set(effect, [holdId, step]);
    return effect;
  }
}

/** Goods that replace a lost parcel are held in the shipment's name. */
const isOrderId = (id: string): id is Entry['orderId'] => id.startsWith('ord_');

/** A void finds whatever there is to give back, so that it may be the refund. */
const callsOf = (
  { payments, carrier, mailer }: Ports,
  call: Call,
): Pick<Ports, 'payments' | 'carrier' | 'mailer'> => ({
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
    send: (mail) => {
      const steps: Step[] = mail.template === 'order_confirmation' ? ['notify'] : [];
      return call(mail.orderId, steps, () => mailer.send(mail));
    },
  },
});

/** By the first word of an entry's key, which is the name of its activity. */
const stepsOf: Readonly<Record<string, readonly Step[]>> = {
  reserveInventory: ['reserve'],
  authorizePayment: ['authorize'],
  createShipment: ['label'],
  capturePayment: ['capture'],
  sendOrderConfirmation: ['notify'],
  voidAuthorization: ['void', 'refund'],
  refundPayment: ['refund'],
  releaseInventory: ['release'],
};

/** What is not committed by then was rolled back. */
const commitLimitMs = 10_000;

/**
 * For a journal that appends within somebody's transaction: watched from outside, the entry is
 * committed as soon as others see it. Nobody waits for that.
 */
export function whenVisible(databaseUrl: string): Committed {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => undefined);
  return ({ orderId, key }, meet) => {
    const isVisible = async (): Promise<boolean> => {
      const { rowCount } = await pool.query(
        'select from orders.timeline where order_id = $1 and entry_key = $2 limit 1',
        [orderId, key],
      );
      return rowCount === 1;
    };
    const seen = poll(isVisible, { limitMs: commitLimitMs, intervalMs: 2 });
    seen.then((found) => found && meet()).catch(() => undefined);
    return Promise.resolve();
  };
}
