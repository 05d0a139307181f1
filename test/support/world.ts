import type { Entry, OrderDetails, Ports, Undone } from '../../src/activities/ports.js';
import type { RecordedFact } from '../../src/domain/facts.js';
import { money } from '../../src/domain/money.js';
import type { StepName, UndoName } from '../../src/domain/saga.js';

/** What a scripted call does in place of the usual answer. */
export type Script = () => unknown;

/** A small pure world behind the ports: it remembers every call and does what it is told to. */
export class World {
  /** The names of the calls that reached a provider, in order, the journal's left out. */
  readonly calls: string[] = [];
  readonly timelines = new Map<string, RecordedFact[]>();
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
    journal: { append: (entry) => Promise.resolve(this.append(entry)) },
    orders: { find: (orderId) => Promise.resolve({ ...anOrderDetails, orderId } as OrderDetails) },
    inventory: {
      reserve: () => this.answer('reserveInventory', { kind: 'reserved' as const }),
      release: () => this.answer('releaseInventory', undefined),
      issue: () => this.answer('issueInventory', undefined),
    },
    payments: {
      authorize: () =>
        this.answer('authorizePayment', { kind: 'authorized' as const, paymentId: 'pi_1' }),
      voidAuthorization: () => this.undo('voidAuthorization', 'authorizePayment'),
      capture: () => this.answer('capturePayment', { kind: 'captured' as const }),
      refund: () => this.undo('refundPayment', 'capturePayment'),
    },
    carrier: {
      buyLabel: () =>
        this.answer('createShipment', {
          kind: 'bought' as const,
          carrier: 'SandboxPost',
          trackingNumber: 'TRK1',
        }),
      voidLabel: () => this.undo('voidLabel', 'createShipment'),
    },
    mailer: { send: ({ template }) => this.answer(template, undefined) },
    partners: {
      assign: () => this.answer('assignDeliveryPartner', { partnerId: 'dp_1' }),
      release: () => this.undo('releaseDeliveryPartner', 'assignDeliveryPartner'),
    },
    loyalty: {
      award: () => this.answer('awardPoints', undefined),
      revoke: () => this.undo('revokePoints', 'awardPoints'),
    },
  };

  /** There is something to take back when the step was ever called. */
  private undo(name: UndoName, step: StepName): Promise<Undone> {
    const kind = this.calls.includes(step) ? 'undone' : 'nothing_to_undo';
    return this.answer<Undone>(name, { kind });
  }

  private async answer<T>(name: string, usual: T): Promise<T> {
    this.calls.push(name);
    const script = this.scripts.get(name)?.shift() ?? this.forever.get(name);
    return script === undefined ? usual : ((await script()) as T);
  }

  private append({ orderId, key, facts }: Entry): readonly RecordedFact[] {
    const id = `${orderId} ${key}`;
    const known = this.keys.get(id);
    if (known !== undefined) return known;
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
}

const anOrderDetails: Omit<OrderDetails, 'orderId'> = {
  customer: { id: 'cus_42', name: 'Ada Example', email: 'ada@example.com', member: true },
  shippingAddress: {
    name: 'Ada Example',
    line1: '1 Main Street',
    city: 'Berlin',
    postalCode: '10115',
    country: 'DE',
  },
  paymentMethod: 'pm_card_visa',
  total: money(1780, 'EUR'),
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

/** The undos of an order that never tried to capture, in the order in which they are due. */
export const everyUndo = [
  'voidLabel',
  'revokePoints',
  'releaseDeliveryPartner',
  'voidAuthorization',
  'releaseInventory',
];
