/** The answer of one place that may hold what is looked for. */
export type Finding<Found> =
  | { readonly kind: 'found'; readonly value: Found }
  | { readonly kind: 'missing'; readonly reason: string };

export interface Source<Found> {
  readonly name: string;
  /** @throws Error when the place was named by the user and is wrong */
  readonly find: () => Promise<Finding<Found>>;
}

export interface Miss {
  readonly source: string;
  readonly reason: string;
}

export type Hit<Found> =
  | { readonly kind: 'found'; readonly source: string; readonly value: Found }
  | { readonly kind: 'none'; readonly tried: readonly Miss[] };

export const found = <Found>(value: Found): Finding<Found> => ({ kind: 'found', value });
export const missing = (reason: string): Finding<never> => ({ kind: 'missing', reason });

/** Asks the places in order; the first that has it wins and the later ones are not asked. */
export async function firstHit<Found>(
  sources: readonly Source<Found>[],
  onMiss: (miss: Miss) => void = () => undefined,
): Promise<Hit<Found>> {
  const tried: Miss[] = [];
  for (const { name, find } of sources) {
    const finding = await find();
    if (finding.kind === 'found') return { ...finding, source: name };
    const miss = { source: name, reason: finding.reason };
    tried.push(miss);
    onMiss(miss);
  }
  return { kind: 'none', tried };
}
