import { between, oneOf, randomOf, type Random } from '../harness/random.js';

/** Which of several; taken modulo how many there are at that moment. */
type Choice = number;

type FaultKinds =
  | { readonly kind: 'kill_relay'; readonly which: Choice; readonly restMs: number }
  | { readonly kind: 'kill_all_relays'; readonly restMs: number }
  | { readonly kind: 'pause_relay'; readonly which: Choice; readonly pauseMs: number }
  | { readonly kind: 'kill_subscriber'; readonly restMs: number }
  | { readonly kind: 'cut_connections'; readonly which: readonly Choice[] }
  | { readonly kind: 'restart_postgres' }
  | { readonly kind: 'crash_postgres' };

/** What goes wrong, and when: when this share of the orders is written. */
export type Fault = FaultKinds & { readonly at: number };

export interface FaultPlan {
  readonly relayKills: number;
  readonly others: number;
  readonly postgres: boolean;
}

/** Long enough that another relay takes over a claim that the paused one still believes to have. */
const longestPauseMs = 6_000;
const bigChoice = 1_000;

/** The faults of a run: a pure function of the seed and of how many there are to be. */
export function planFaults(seed: number, { relayKills, others, postgres }: FaultPlan): Fault[] {
  const random = randomOf(seed);
  const faults = [
    ...times(relayKills, () => killOf(random)),
    ...times(others, (index) => otherOf(random, index)),
    ...(postgres
      ? [at(0.35, { kind: 'crash_postgres' }), at(0.7, { kind: 'restart_postgres' })]
      : []),
  ];
  return faults.sort((one, other) => one.at - other.at);
}

function killOf(random: Random): Fault {
  const restMs = between(random, 0, 1_500);
  const isEachOne = random() < 0.2;
  return at(
    random(),
    isEachOne
      ? { kind: 'kill_all_relays', restMs }
      : { kind: 'kill_relay', which: between(random, 0, bigChoice), restMs },
  );
}

/** One after the other, so that a short run has each of them as well. */
function otherOf(random: Random, index: number): Fault {
  const which = between(random, 0, bigChoice);
  const restMs = between(random, 200, 2_000);
  const pauseMs = between(random, 500, longestPauseMs);
  const cut = times(oneOf(random, [1, 2, 3]), () => between(random, 0, bigChoice));
  const kinds = [
    { kind: 'cut_connections', which: cut },
    { kind: 'kill_subscriber', restMs },
    { kind: 'pause_relay', which, pauseMs },
  ] as const;
  return at(random(), kinds[index % kinds.length] ?? kinds[0]);
}

const at = <Rest extends FaultKinds>(share: number, rest: Rest) => ({ at: share, ...rest });

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
