import { readData } from '../../events/catalogue/read-event.js';
import type { OrderEvent } from '../../events/order-event.js';
import type { Steps } from '../../events/projection.js';

/** What one order gave its member. */
export interface Account {
  readonly member_id: string;
  readonly is_member: boolean;
  readonly earned: number;
  readonly taken_back: number;
}

/** Points came for an order of which we do not know whose it is. */
class UnknownOrder extends Error {
  override readonly name = 'UnknownOrder';
}

/**
 * What events make of an order's account.
 * @throws UnknownOrder
 */
export const accountSteps: Steps<Account> = {
  'order.placed': (_account, event) => {
    const { customer_id, is_member } = readData(event);
    return { member_id: customer_id, is_member, earned: 0, taken_back: 0 };
  },
  'points.awarded': (account, event) => {
    const known = existing(account, event);
    return { ...known, earned: known.earned + readData(event).points };
  },
  'points.revoked': (account, event) => {
    const known = existing(account, event);
    const { points } = readData(event);
    // Without a figure it is all of them; never more than there were.
    const all = points === undefined ? known.earned : known.taken_back + points;
    return { ...known, taken_back: Math.min(all, known.earned) };
  },
};

function existing(account: Account | undefined, { subject }: OrderEvent): Account {
  if (account === undefined) throw new UnknownOrder(`${subject} was never placed`);
  return account;
}

/** From how many points on a member has a tier: points earned, less those that were taken back. */
const tiers = [
  { name: 'gold', from: 2_000 },
  { name: 'silver', from: 500 },
  { name: 'bronze', from: 0 },
] as const;

type TierName = (typeof tiers)[number]['name'];

export interface Standing {
  readonly tier: TierName;
  /** The next higher tier, and how many points are missing; null at the top. */
  readonly next: { readonly tier: TierName; readonly missing: number } | null;
}

/** @param points not below zero */
export function standingOf(points: number): Standing {
  const place = tiers.findIndex(({ from }) => points >= from);
  const above = tiers[place - 1];
  return {
    tier: tiers[place]?.name ?? 'bronze',
    next: above === undefined ? null : { tier: above.name, missing: above.from - points },
  };
}
