import type { FactType } from '../../../src/domain/facts.js';
import type { z } from 'zod';
import type { faultRequest } from '../../../src/sandbox/faults.js';
import type { Excuse } from '../../ledgers/evidence.js';

export const steps = [
  'reserve',
  'authorize',
  'label',
  'capture',
  'notify',
  'void',
  'refund',
  'release',
] as const;
export type Step = (typeof steps)[number];

/** Where in a step: before its call, after the call was answered, after the answer was written down. */
export type Boundary = 'before_effect' | 'after_effect' | 'after_commit';

/** What a stand-in provider shall do wrong; as its control API takes it, without the order. */
export type ProviderFault = Omit<z.input<typeof faultRequest>, 'order_id'>;

export type Deed =
  | { readonly kind: 'die'; readonly step: Step; readonly boundary: Boundary }
  /** Ordered just before the step's call. */
  | { readonly kind: 'provider'; readonly step: Step; readonly fault: ProviderFault };

export type MishapKind = 'lost' | 'doubled' | 'reordered' | 'delayed' | 'garbled';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderPlan {
  readonly index: number;
  readonly customerId: string;
  readonly isMember: boolean;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly city: string;
  readonly deeds: readonly Deed[];
  readonly mishap?: { readonly event: FactType; readonly kind: MishapKind };
  readonly cancelAt?: FactType;
  /** Ordered just before the cancel. */
  readonly beforeCancel?: readonly ProviderFault[];
  /** Gets a message that nobody can read, where messages are kept safe; else its own is garbled. */
  readonly isPoisoned?: boolean;
  readonly excuses: readonly Excuse[];
}

export type DisturbanceKind =
  | 'restart_broker'
  | 'restart_engine'
  | 'restart_database'
  | 'new_version'
  /** Every consumer group reads its last events again. */
  | 'redeliver'
  /** Nothing is notified any more; what polls finds it. */
  | 'mute_notifications'
  | 'pause_broker';

/** The orders of one seed under one fault: the same for all arms. */
export interface SeedPlan {
  readonly seed: number;
  readonly orders: readonly OrderPlan[];
  /** Each happens when so many orders were begun. */
  readonly disturbances: readonly {
    readonly kind: DisturbanceKind;
    readonly afterOrders: number;
  }[];
  readonly scarce?: Line;
}
