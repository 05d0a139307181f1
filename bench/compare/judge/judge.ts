import type { Cell } from '../cell.js';
import type { Run } from '../data/runs.js';
import type { Driven, DrivenSeed } from '../drive.js';
import { isDeath, readNotes, type Done } from '../failpoints/notes.js';
import type { Evidence } from './evidence.js';
import { readInside, type InsideBook } from './inside-books.js';
import { readOutside, type OutsideBooks } from './outside-books.js';
import { brokenRules } from './rules.js';
import { isUnderWay, timesOf, type Blow, type Timed } from './times.js';
import { isStuck, isWrong, verdictsOf } from './verdicts.js';

/** An order that is not as it should be, or waits for a person, for whoever has to find out why. */
export interface Finding {
  readonly orderId: string;
  readonly customerId: string;
  readonly told: string;
  readonly what: readonly string[];
  readonly facts: readonly string[];
}

/** What became of a seed's orders. */
export interface Judged {
  readonly run: Omit<Run, 'arm' | 'fault' | 'seed' | 'round' | 'orders' | 'applicable'>;
  readonly findings: readonly Finding[];
}

/** Judges the orders of the seeds by everybody's books. */
export async function judge(cell: Cell, seeds: readonly DrivenSeed[]): Promise<readonly Judged[]> {
  const outside = await readOutside(cell.sandboxUrl, cell.sandboxPool);
  const deaths = (await readNotes(cell.pointsFolder)).filter(isDeath);
  const judged: Judged[] = [];
  for (const seed of seeds) judged.push(await judgeSeed(cell, seed, outside, deaths));
  return judged;
}

interface Witnessed {
  readonly driven: Driven;
  readonly evidence: Evidence;
  readonly timed: Timed;
}

async function judgeSeed(
  { pool, arm }: Cell,
  { orders, restartsMs }: DrivenSeed,
  outside: OutsideBooks,
  deaths: readonly Done[],
): Promise<Judged> {
  const books = await readInside(
    pool,
    orders.map(({ orderId }) => orderId),
  );
  const witnessed = orders.map((driven): Witnessed => {
    const inside = books.find(({ orderId }) => orderId === driven.orderId);
    if (inside === undefined) throw new Error(`${driven.orderId} was accepted and is not there`);
    const evidence = evidenceOf(driven, inside, outside, arm.hasLog);
    return { driven, evidence, timed: { sentAtMs: driven.sentAtMs, facts: inside.facts } };
  });
  const blows = [...blowsOf(restartsMs, witnessed), ...deathsOf(deaths, witnessed)];
  const timed = witnessed.map((one) => one.timed);
  return {
    run: {
      ...verdictsOf(witnessed.map(({ evidence }) => evidence)),
      ...timesOf(timed, blows),
    },
    findings: witnessed.flatMap(findingOf),
  };
}

/** What all books say of one order. */
export function evidenceOf(
  { plan, orderId, totalMinor, cancelStatus }: Driven,
  { told, sellers, holds, awards, points, waits, unpublished }: InsideBook,
  outside: OutsideBooks,
  hasLog: boolean,
): Evidence {
  return {
    orderId,
    told,
    cancelStatus,
    excuses: plan.excuses,
    totalMinor,
    isMember: plan.isMember,
    sellers,
    bookings: outside.bookings(orderId),
    parcels: outside.parcels(orderId),
    messages: outside.messages(orderId),
    holds,
    awards,
    points,
    waits,
    unpublished: hasLog ? unpublished : 0,
  };
}

const blowsOf = (times: readonly number[], witnessed: readonly Witnessed[]): readonly Blow[] =>
  times.map((atMs) => ({
    atMs,
    orders: witnessed.map(({ timed }) => timed).filter((timed) => isUnderWay(timed, atMs)),
  }));

/** Of a process that died the order is counted at whose step it died. */
const deathsOf = (deaths: readonly Done[], witnessed: readonly Witnessed[]): readonly Blow[] =>
  deaths.flatMap(({ customerId, atMs }) => {
    const struck = witnessed.find(({ driven }) => driven.plan.customerId === customerId);
    return struck === undefined ? [] : [{ atMs, orders: [struck.timed] }];
  });

function findingOf({ driven, evidence, timed }: Witnessed): readonly Finding[] {
  const { orderId, told, waits } = evidence;
  const what = [
    ...(isStuck(evidence) ? ['stuck'] : []),
    ...(isWrong(evidence) ? brokenRules(evidence) : []),
    ...waits,
  ];
  if (what.length === 0) return [];
  const facts = timed.facts.map(
    ({ type, atMs }) => `${((atMs - timed.sentAtMs) / 1000).toFixed(2)} ${type}`,
  );
  return [{ orderId, customerId: driven.plan.customerId, told, what, facts }];
}
