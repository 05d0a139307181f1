import { inOneParcel } from './baskets.js';
import type { Deed, OrderPlan, ProviderFault, Step } from './plans.js';

/** A parcel that goes there stays with us, so that a cancel is never too late. */
const silentCity = 'Silent Harbor';

const labelRefused: ProviderFault = {
  service: 'carrier',
  operation: 'buy_label',
  kind: 'refuse',
};

/** Taken back when this stands in the timeline, while its parcel waits. */
export const cancelledAt = (
  order: OrderPlan,
  cancelAt: NonNullable<OrderPlan['cancelAt']>,
): OrderPlan => ({
  ...inOneParcel(order),
  city: silentCity,
  cancelAt,
  excuses: ['cancelled'],
});

/** The order with what has to happen to it so that it comes to the step. */
export function comingTo(order: OrderPlan, step: Step): OrderPlan {
  switch (step) {
    case 'reserve':
    case 'authorize':
    case 'label':
    case 'capture':
    case 'notify':
      return order;
    case 'void':
    case 'release':
      return withDeed({ ...inOneParcel(order), excuses: ['refused'] }, refusedLabel);
    case 'refund':
      return cancelledAt(order, 'payment.captured');
  }
}

const refusedLabel: Deed = { kind: 'provider', step: 'label', fault: labelRefused };

export const withDeed = (order: OrderPlan, ...deeds: readonly Deed[]): OrderPlan => ({
  ...order,
  deeds: [...order.deeds, ...deeds],
});

/** What the sandbox calls the call of a step. */
export const callOf = {
  authorize: { service: 'payments', operation: 'authorize' },
  label: { service: 'carrier', operation: 'buy_label' },
  capture: { service: 'payments', operation: 'capture' },
  notify: { service: 'mail', operation: 'send' },
  void: { service: 'payments', operation: 'void' },
  refund: { service: 'payments', operation: 'refund' },
} as const satisfies Partial<Record<Step, Pick<ProviderFault, 'service' | 'operation'>>>;

export type CalledStep = keyof typeof callOf;
