import { attentionFact } from './attention-item.js';
import type { Fact, FactOf } from './facts.js';
import type { Money } from './money.js';

/** Where a return stands. */
export type ReturnStatus =
  | 'requested'
  | 'awaiting_approval'
  | 'awaiting_goods'
  | 'refunding'
  | 'completed'
  | 'refused'
  | 'expired';

/** What the warehouse decides about goods that came back; what it refuses is not refunded. */
export type Verdict = 'restock' | 'scrap' | 'refuse';

export const returnKinds = ['refund', 'exchange'] as const;
export type ReturnKind = (typeof returnKinds)[number];

export const returnReasons = [
  'changed_mind',
  'wrong_item',
  'not_as_described',
  'damaged',
  'other',
] as const;
export type ReturnReason = (typeof returnReasons)[number];

export const verdicts = ['restock', 'scrap', 'refuse'] as const satisfies readonly Verdict[];

/** What is known of a return when it is asked for. */
export interface ReturnBasis {
  /** What the goods cost. */
  readonly amount: Money;
  readonly reasons: readonly ReturnReason[];
}

export interface ReturnRuleLimits {
  /** In minor units of the order's currency. */
  readonly approvalAmountMinor: number;
}

interface ReturnRule {
  /** For the operator who reads why a return waits. */
  readonly explanation: string;
  readonly applies: (basis: ReturnBasis, limits: ReturnRuleLimits) => boolean;
}

/** Every reason for which a person has to approve a return. */
export const returnRules = {
  large_amount: {
    explanation: 'The goods cost as much as the limit for approval, or more.',
    applies: ({ amount }, { approvalAmountMinor }) => amount.amountMinor >= approvalAmountMinor,
  },
  damaged_goods: {
    explanation:
      'Goods are said to be damaged: the carrier or the seller may have to answer for it.',
    applies: ({ reasons }) => reasons.includes('damaged'),
  },
} as const satisfies Readonly<Record<string, ReturnRule>>;

export type ReturnRuleName = keyof typeof returnRules;

/** The rules that apply; none means that nobody has to approve. */
export const approvalFor = (
  basis: ReturnBasis,
  limits: ReturnRuleLimits,
): readonly ReturnRuleName[] =>
  Object.entries(returnRules)
    .filter(([, rule]: [string, ReturnRule]) => rule.applies(basis, limits))
    .map(([name]) => name as ReturnRuleName);

/** Where a return begins. @param approval the rules that ask for a person */
export const firstStatus = (approval: readonly string[]): ReturnStatus =>
  approval.length === 0 ? 'requested' : 'awaiting_approval';

const statusAfter: { readonly [Type in Fact['type']]?: ReturnStatus } = {
  'return.approved': 'awaiting_goods',
  'return.refused': 'refused',
  'return.received': 'refunding',
  'return.expired': 'expired',
  'return.completed': 'completed',
};

/** The status that a fact of its order's timeline gives a return; most facts give none. */
export const statusGivenBy = (fact: Fact): ReturnStatus | undefined => statusAfter[fact.type];

export const isOver = (status: ReturnStatus): boolean =>
  status === 'completed' || status === 'refused' || status === 'expired';

/** Calls for a person. @param subject the return's id and what is stuck of it */
export const stuckFact = (subject: string, exposure?: Money): FactOf<'attention.raised'> =>
  attentionFact({ reason: 'return_stuck', subject, exposure });
