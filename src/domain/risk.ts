import type { Money } from './money.js';

/** What is known of an order when it is placed. */
export interface RiskBasis {
  readonly total: Money;
  readonly ordersOfCustomerInAnHour: number;
  readonly ordersOfCardInAnHour: number;
  readonly shippingCountry: string;
  /** Where the customer says that the card is at home; undefined when he says nothing. */
  readonly billingCountry: string | undefined;
}

export interface RiskLimits {
  /** In minor units of the order's currency. */
  readonly approvalAmountMinor: number;
  readonly ordersPerCustomerPerHour: number;
  readonly ordersPerCardPerHour: number;
}

/** What has to happen before any money moves. Empty reasons: nothing. */
export interface Verification {
  /** Why a person has to approve. */
  readonly approval: readonly RiskRuleName[];
  /** Why the customer has to confirm a one-time code. */
  readonly code: readonly RiskRuleName[];
}

interface RiskRule {
  readonly asksFor: 'approval' | 'code';
  /** For the operator who reads why an order waits. */
  readonly explanation: string;
  readonly applies: (basis: RiskBasis, limits: RiskLimits) => boolean;
}

/** Every reason for which an order waits before its payment. */
export const riskRules = {
  large_amount: {
    asksFor: 'approval',
    explanation: 'The total is at or above the limit for approval.',
    applies: ({ total }, { approvalAmountMinor }) => total.amountMinor >= approvalAmountMinor,
  },
  busy_customer: {
    asksFor: 'approval',
    explanation: 'The customer placed more orders within an hour than usual.',
    applies: (basis, limits) => basis.ordersOfCustomerInAnHour >= limits.ordersPerCustomerPerHour,
  },
  busy_card: {
    asksFor: 'approval',
    explanation: 'The means of payment was used for more orders within an hour than usual.',
    applies: (basis, limits) => basis.ordersOfCardInAnHour >= limits.ordersPerCardPerHour,
  },
  other_country: {
    asksFor: 'code',
    explanation: 'The goods go to another country than the card comes from.',
    applies: ({ billingCountry, shippingCountry }) =>
      billingCountry !== undefined && billingCountry !== shippingCountry,
  },
} as const satisfies Readonly<Record<string, RiskRule>>;

export type RiskRuleName = keyof typeof riskRules;

/** The rules that apply, by what they ask for. */
export function assess(basis: RiskBasis, limits: RiskLimits): Verification {
  const applying = Object.entries(riskRules).filter(([, rule]: [string, RiskRule]) =>
    rule.applies(basis, limits),
  );
  const asking = (what: RiskRule['asksFor']) =>
    applying.filter(([, rule]) => rule.asksFor === what).map(([name]) => name as RiskRuleName);
  return { approval: asking('approval'), code: asking('code') };
}

export const nothingToVerify: Verification = { approval: [], code: [] };
