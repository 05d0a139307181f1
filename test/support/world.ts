import type { Entry, OrderDetails, Ports, Undone, Written } from '../../src/activities/ports.js';
import type { RecordedFact } from '../../src/domain/facts.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import type { StepName, UndoName } from '../../src/domain/saga.js';

/** What a scripted call does in place of the usual answer; what answers nothing leaves that. */
export type Script = (request: never) => unknown;

/** A call that reached a provider, with what it asked for. */
export interface Asked {
  readonly name: string;
  readonly request: unknown;
}

/** A small pure world behind the ports: it remembers every call and does what it is told to. */
export class World {
  /** The names of the calls that reached a provider, in order, the journal's left out. */
  readonly calls: string[] = [];
  /** The same calls with their requests. */
  readonly asked: Asked[] = [];
  readonly timelines = new Map<string, RecordedFact[]>();
  /** The orders' rows, as `orders.append` keeps them. */
  readonly rows = new Map<string, NonNullable<Entry['change']>>();
  /** What the rows say from now on. */
  private readonly keys = new Map<string, readonly RecordedFact[]>();
  private readonly scripts = new Map<string, Script[]>();
  private readonly forever = new Map<string, Script>();

  /** The next calls of this name do this, one script each. */
  script(name: string, ...scripts: Script[]): void {
    this.scripts.set(name, [...(this.scripts.get(name) ?? []), ...scripts]);
  }

  /** Every call of this name does this from now on. */
  always(name: string, script: Script): void {
    this.forever.set(name, script);
  }

  usual(name: string): void {
    this.forever.delete(name);
    this.scripts.delete(name);
  }

  facts(orderId: string): string[] {
    return (this.timelines.get(orderId) ?? []).map((fact) => fact.type);
  }

  readonly ports: Ports = {
    journal: {
      append: (entry) => Promise.resolve(this.append(entry)),
      find: () => Promise.resolve([]),
    },
    orders: {
      find: (orderId) => Promise.resolve({ ...anOrderDetails, orderId } as OrderDetails),
      warehouse: () => Promise.resolve(anAddress),
      changeAddress: (...request) =>
        this.answer('changeAddress', request, {
          kind: 'changed' as const,
          shipping: money(0, 'EUR'),
          total: money(1780, 'EUR'),
        }),
      changePaymentMethod: (...request) => this.answer('changePaymentMethod', request, undefined),
    },
    inventory: {
      reserve: (holdId, lines, options) =>
        this.answer(
          'reserveInventory',
          { holdId, lines, ...options },
          {
            kind: 'reserved' as const,
            allotments: [{ warehouseId: 'wh_1', lines }],
            dropped: [],
          },
        ),
      enqueue: (...request) => this.answer('enqueueForStock', request, undefined),
      release: (...request) => this.answer('releaseInventory', request, undefined),
      releasePart: (...request) => this.answer('releaseParcel', request, undefined),
      issue: (...request) => this.answer('issueInventory', request, undefined),
      extend: (holdId) =>
        this.answer('extendHold', holdId, new Date(Date.now() + 1_000).toISOString()),
      restock: (...request) => this.answer('restockParcel', request, undefined),
    },
    payments: {
      authorize: (request) =>
        this.answer('authorizePayment', request, {
          kind: 'authorized' as const,
          paymentId: 'pi_1',
        }),
      find: (paymentId) =>
        this.answer('confirmPayment', paymentId, { kind: 'authorized' as const, paymentId }),
      voidAuthorization: (request) =>
        this.undo('voidAuthorization', request, this.has('authorizePayment')),
      capture: (request) => this.answer('capturePayment', request, { kind: 'captured' as const }),
      refund: (request) => this.undo('refundPayment', request, this.has('capturePayment')),
      releaseRemainder: (request) =>
        this.answer('releaseRemainder', request, { kind: 'undone' as const }),
      settleLate: (request) =>
        this.answer('settleLatePayment', request, { kind: 'undone' as const }),
    },
    carrier: {
      buyLabel: (request) =>
        this.answer('createShipment', request, {
          kind: 'bought' as const,
          carrier: 'SandboxPost',
          trackingNumber: `TRK${request.shipmentId}`,
        }),
      voidLabel: (request) => this.undo('voidLabel', request, this.has('createShipment')),
      buyReturnLabel: (request) =>
        this.answer('createReturnLabel', request, {
          kind: 'bought' as const,
          carrier: 'SandboxPost',
          trackingNumber: `TRK${request.returnId}`,
        }),
    },
    mailer: { send: (mail) => this.answer(mail.template, mail, undefined) },
    texter: { send: (message) => this.answer(message.template, message, undefined) },
    codes: {
      issue: (orderId, number) =>
        this.answer(
          'sendCode',
          { orderId, number },
          {
            code: '123456',
            sequence: String(number),
            expiresAt: new Date(Date.now() + 60_000).toISOString(),
          },
        ),
      check: (request) => this.answer('checkCode', request, { kind: 'verified' as const }),
    },
    partners: {
      offer: (request) =>
        this.answer('assignDeliveryPartner', request, {
          kind: 'assigned' as const,
          partnerId: 'dp_1',
          pickUpFrom: '2026-01-05T09:00:00.000Z',
          pickUpUntil: '2026-01-05T12:00:00.000Z',
        }),
      settle: (...request) =>
        this.answer('settleDeliveryOffer', request, {
          kind: 'none' as const,
          partnerId: 'dp_1',
          why: 'silent' as const,
        }),
      release: (orderId) =>
        this.undo('releaseDeliveryPartner', orderId, this.has('assignDeliveryPartner')),
    },
    loyalty: {
      award: (...request) => this.answer('awardPoints', request, undefined),
      revoke: (orderId) => this.undo('revokePoints', orderId, this.has('awardPoints')),
      revokePart: (request) => this.answer('revokePartOfPoints', request, request.points),
    },
    shop: { name: 'Shop', staffEmail: 'staff@example.com', orderPage: () => undefined },
    returns: {
      warehouseOf: () => Promise.resolve('wh_1'),
      record: () => Promise.reject(new Error('not scripted: returns.record')),
      settle: () => Promise.reject(new Error('not scripted: returns.settle')),
    },
    exchanges: { place: () => Promise.reject(new Error('not scripted: exchanges.place')) },
  };

  private has(step: StepName): boolean {
    return this.calls.includes(step);
  }

  /** There is something to take back when the step was ever called. */
  private undo(name: UndoName, request: unknown, hasBeen: boolean): Promise<Undone> {
    return this.answer<Undone>(name, request, { kind: hasBeen ? 'undone' : 'nothing_to_undo' });
  }

  private async answer<T>(name: string, request: unknown, usual: T): Promise<T> {
    this.calls.push(name);
    this.asked.push({ name, request });
    const script = this.scripts.get(name)?.shift() ?? this.forever.get(name);
    return ((await script?.(request as never)) ?? usual) as T;
  }

  private append(entry: Entry): Written {
    const facts = this.record(entry);
    const rowRevision = this.rows.get(entry.orderId)?.revision ?? 0;
    return { facts, rowRevision };
  }

  private record({ orderId, key, facts, change }: Entry): readonly RecordedFact[] {
    const id = `${orderId} ${key}`;
    const known = this.keys.get(id);
    if (known !== undefined) return known;
    if (change !== undefined) this.keep(orderId, change);
    const timeline = this.timelines.get(orderId) ?? [];
    const recorded = facts.map((fact, index) => ({
      ...fact,
      sequence: timeline.length + index + 2,
      at: new Date().toISOString(),
    }));
    this.timelines.set(orderId, [...timeline, ...recorded]);
    this.keys.set(id, recorded);
    return recorded;
  }

  /** A change of an earlier phase is refused; one that comes behind a later one leaves the row. */
  private keep(orderId: string, change: NonNullable<Entry['change']>): void {
    const revision = this.rows.get(orderId)?.revision ?? 0;
    if (phaseOf(change.revision) < phaseOf(revision)) throw new ProviderRefused('past');
    if (change.revision >= revision) this.rows.set(orderId, change);
  }
}

const phaseOf = (revision: number): number => Math.floor(revision / 1_000);

const anAddress = {
  name: 'Ada Example',
  line1: '1 Main Street',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

const anOrderDetails: Omit<OrderDetails, 'orderId'> = {
  customer: { id: 'cus_42', name: 'Ada Example', email: 'ada@example.com', member: true },
  shippingAddress: anAddress,
  paymentMethod: 'pm_card_visa',
  total: money(1780, 'EUR'),
  shipping: money(0, 'EUR'),
  lines: [
    {
      sku: 'TEA-100',
      title: 'Green tea, 100 g',
      quantity: 2,
      unitPrice: money(890, 'EUR'),
      weightGrams: 120,
      seller: { id: 'sel_leaf', name: 'Leaf & Kettle', email: 'warehouse@leaf.example' },
    },
  ],
};

/** A script that throws, for good or for now. */
export const fails = (error: Error) => () => {
  throw error;
};

/** A promise that the test lets go of when it wants to. */
export function gate<T>(): { readonly wait: () => Promise<T>; readonly open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { wait: () => promise, open };
}
