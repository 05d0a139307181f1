import { attentionFact } from './attention-item.js';
import type { Fact, FactOf, InspectedLine, SkuQuantity } from './facts.js';
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

/** What the warehouse decides about returned goods; what it refuses is not refunded. */
export const verdicts = ['restock', 'scrap', 'refuse'] as const;
export type Verdict = (typeof verdicts)[number];

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

/** What the warehouse found. Units of one SKU may get several verdicts; the others did not arrive. */
export interface Inspection {
  readonly by: string;
  readonly lines: readonly InspectedLine[];
}

/**
 * Why an inspection does not fit its return; undefined when it does. The API points at what is wrong;
 * this keeps everybody else from refunding what was not asked. Nobody has looked at the lines before.
 */
export function misfitOf(
  returned: readonly SkuQuantity[],
  { lines }: Inspection,
): string | undefined {
  const isList: boolean = Array.isArray(lines);
  if (!isList) return 'The message needs lines, a list.';
  const left = new Map(returned.map(({ sku, quantity }) => [sku, quantity]));
  for (const { sku, quantity, verdict } of lines) {
    const units = left.get(sku) ?? 0;
    if (!verdicts.includes(verdict)) return `${sku} needs one of ${verdicts.join(', ')}.`;
    if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > units) {
      return `${quantity} of ${sku} are not in the return.`;
    }
    left.set(sku, units - quantity);
  }
  return undefined;
}

export const unitsOf = (lines: readonly SkuQuantity[]): readonly SkuQuantity[] =>
  lines.map(({ sku, quantity }) => ({ sku, quantity }));

/** What is refunded of it, or exchanged. */
export const acceptedUnits = ({ lines }: Inspection): readonly SkuQuantity[] =>
  unitsOf(lines.filter(({ verdict }) => verdict !== 'refuse'));

/** What goes on sale again. */
export const restockedUnits = ({ lines }: Inspection): readonly SkuQuantity[] =>
  unitsOf(lines.filter(({ verdict }) => verdict === 'restock'));

interface ReturnDecision {
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly reason: string;
}

/** Who decides when no rule asks for a person, and when no person does. */
export const approvedByPolicy: ReturnDecision = {
  decision: 'approve',
  by: 'policy',
  reason: 'no rule asks for a person',
};
export const approvalOverdue: ReturnDecision = {
  decision: 'reject',
  by: 'policy',
  reason: 'nobody approved it in time',
};
