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
