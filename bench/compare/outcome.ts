import { percentiles } from '../harness/statistics.js';
import { isEnded, isStuck, type Evidence, type TimedFact } from '../ledgers/evidence.js';
import { evidenceOf, readOthers, readOwn, type OthersLedger } from '../ledgers/read.js';
import { brokenRules, countedRules } from '../ledgers/rules.js';
import type { Cell, Driven } from './cell.js';
import type { Run, RunTime, Tally } from './data/comparison.js';
import type { DrivenSeed } from './drive.js';
import { isDeath, readNotes, type Done } from './failpoints/points.js';

/** An order that is not as it should be, or waits for a person, for who has to find out why. */
export interface Finding extends Pick<Evidence, 'orderId' | 'status'> {
  readonly customerId: string;
  readonly what: readonly string[];
  readonly facts: readonly string[];
}

export interface SeedOutcome {
  readonly run: Pick<Run, Tally | RunTime>;
  readonly findings: readonly Finding[];
}

export async function outcomesOf(
  cell: Cell,
  seeds: readonly DrivenSeed[],
): Promise<readonly SeedOutcome[]> {
  const others = await readOthers(cell.system);
  const deaths = (await readNotes(cell.options.pointsFolder)).filter(isDeath);
  const outcomes: SeedOutcome[] = [];
  for (const seed of seeds) outcomes.push(await outcomeOf(cell, seed, others, deaths));
  return outcomes;
}

interface Witnessed {
  readonly driven: Driven;
  readonly evidence: Evidence;
  readonly timed: Timed;
}

async function outcomeOf(
  { system, options }: Cell,
  { orders, restartsMs }: DrivenSeed,
  others: OthersLedger,
  deaths: readonly Done[],
): Promise<SeedOutcome> {
  const ids = orders.map(({ orderId }) => orderId);
  const ledgers = await readOwn(system, ids, options.variant.hasLog);
  const witnessed = orders.map((driven): Witnessed => {
    const own = ledgers.find(({ orderId }) => orderId === driven.orderId);
    if (own === undefined) throw new Error(`${driven.orderId} was accepted and is not there`);
    const timed = { sentAtMs: driven.sentAtMs, facts: own.facts };
    return { driven, evidence: evidenceOf(driven, own, others), timed };
  });
  const timed = witnessed.map((one) => one.timed);
  const restarts = restartsMs.map((atMs) => ({
    atMs,
    orders: timed.filter((one) => isUnderWay(one, atMs)),
  }));
  // Of a process that died the order is counted at whose step it died.
  const own = deaths.map(({ customerId, atMs }) => ({
    atMs,
    orders: witnessed.flatMap((one) => (one.driven.customerId === customerId ? [one.timed] : [])),
  }));
  return {
    run: {
      ...talliesOf(witnessed.map(({ evidence }) => evidence)),
      ...timesOf(timed, [...restarts, ...own]),
    },
    findings: witnessed.flatMap(findingOf),
  };
}

export function talliesOf(orders: readonly Evidence[]): Pick<Run, Tally> {
  const count = (holds: (evidence: Evidence) => boolean): number => orders.filter(holds).length;
  const counted = Object.entries(countedRules).map(([name, isBroken]) => [name, count(isBroken)]);
  return {
    stuck: count(isStuck),
    wrong: count(isWrong),
    ...(Object.fromEntries(counted) as Pick<Run, keyof typeof countedRules>),
    waitingForPerson: count(({ waits }) => waits.length > 0),
  };
}

/** Ended, as it says, and some ledger says otherwise. */
const isWrong = (evidence: Evidence): boolean =>
  isEnded(evidence) && brokenRules(evidence).length > 0;

function findingOf({ driven, evidence, timed }: Witnessed): readonly Finding[] {
  const { orderId, status, waits } = evidence;
  const what = [
    ...(isStuck(evidence) ? ['stuck'] : []),
    ...(isWrong(evidence) ? brokenRules(evidence) : []),
    ...waits,
  ];
  if (what.length === 0) return [];
  const facts = timed.facts.map(
    ({ type, atMs }) => `${((atMs - timed.sentAtMs) / 1000).toFixed(2)} ${type}`,
  );
  return [{ orderId, customerId: driven.customerId, status, what, facts }];
}

export interface Timed {
  readonly sentAtMs: number;
  readonly facts: readonly TimedFact[];
}

/** A kill or restart, and the orders that it struck. */
interface Blow {
  readonly atMs: number;
  readonly orders: readonly Timed[];
}

const ends = ['order.delivered', 'order.cancelled', 'order.rejected', 'order.failed'];

/** The first thing from which a buyer knows whether he gets his goods. */
const answers = ['order.confirmed', ...ends];

/** Written by whoever gets it, whatever has happened to those who carry the order. */
const fromOutside = ['shipment.scanned', 'order.cancel_requested'];

export function timesOf(orders: readonly Timed[], blows: readonly Blow[]): Pick<Run, RunTime> {
  const timesTo = (types: readonly string[]) => {
    const times = orders.flatMap(({ sentAtMs, facts }) => {
      const first = facts.find(({ type }) => types.includes(type));
      return first === undefined ? [] : [Math.max(0, first.atMs - sentAtMs)];
    });
    return times.length === 0 ? undefined : percentiles(times);
  };
  const [answer, end] = [timesTo(answers), timesTo(ends)];
  return {
    answerP50Ms: answer?.p50,
    answerP95Ms: answer?.p95,
    answerP99Ms: answer?.p99,
    endP50Ms: end?.p50,
    endP95Ms: end?.p95,
    endP99Ms: end?.p99,
    recoveryMs: recoveryMs(blows),
  };
}

/**
 * From the worst blow until the last of the orders that it struck went on. Those that never went on are
 * counted as stuck, not here.
 */
function recoveryMs(blows: readonly Blow[]): number | undefined {
  const waits = blows.flatMap(({ atMs, orders }) =>
    orders.flatMap(({ facts }) => {
      const next = facts.find((fact) => fact.atMs > atMs && !fromOutside.includes(fact.type));
      return next === undefined ? [] : [next.atMs - atMs];
    }),
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

export function isUnderWay({ sentAtMs, facts }: Timed, atMs: number): boolean {
  const end = facts.find(({ type }) => ends.includes(type));
  return sentAtMs < atMs && (end === undefined || end.atMs > atMs);
}
