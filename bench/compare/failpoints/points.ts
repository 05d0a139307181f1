import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Boundary, Deed, Mishap, OrderPlan, SeedPlan, Step } from '../schedule/plans.js';

/** What a process has to know of an order; by the customer, since the order has no id before it is placed. */
export type Points = Readonly<Record<string, Pick<OrderPlan, 'deeds' | 'mishap'>>>;

const pointsFile = 'points.json';

/** Where the processes note what they did, each deed in a file of its own. */
const doneFolder = (folder: string): string => join(folder, 'done');

/** Tells the processes that are started with the folder what is to happen to which order. */
export function writePoints(folder: string, seeds: readonly SeedPlan[]): void {
  const marked = seeds.flatMap(({ orders }) => orders).filter(isMarked);
  const points = marked.map(({ customerId, deeds, mishap }) => [
    customerId,
    { deeds, ...(mishap && { mishap }) },
  ]);
  mkdirSync(doneFolder(folder), { recursive: true });
  writeFileSync(join(folder, pointsFile), JSON.stringify(Object.fromEntries(points)));
}

const isMarked = ({ deeds, mishap }: OrderPlan): boolean =>
  deeds.length > 0 || mishap !== undefined;

export const readPoints = (folder: string): Points =>
  JSON.parse(readFileSync(join(folder, pointsFile), 'utf8')) as Points;

export function dueDeeds(
  { folder, points }: { readonly folder: string; readonly points: Points },
  customerId: string,
  step: Step,
  boundary: Boundary,
): readonly Deed[] {
  const deeds = points[customerId]?.deeds ?? [];
  return deeds.filter(
    (deed) =>
      deed.step === step &&
      boundaryOf(deed) === boundary &&
      !existsSync(noteOf(folder, customerId, nameOf(deed))),
  );
}

const boundaryOf = (deed: Deed): Boundary =>
  deed.kind === 'die' ? deed.boundary : 'before_effect';

export const nameOf = (deed: Deed): string =>
  deed.kind === 'die'
    ? `die.${deed.step}.${deed.boundary}`
    : `${deed.fault.kind}.${deed.step}.${deed.fault.operation}`;

export const nameOfMishap = ({ kind, event }: Mishap): string => `mishap.${kind}.${event}`;

/**
 * Notes that something is done, before it is done: of several processes one does it, and once.
 * @returns false when it was done before
 */
export function note(folder: string, customerId: string, name: string): boolean {
  try {
    const text = JSON.stringify({ at: Date.now(), pid: process.pid });
    writeFileSync(noteOf(folder, customerId, name), text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

const noteOf = (folder: string, customerId: string, name: string): string =>
  join(doneFolder(folder), `${customerId}.${name}`);

/** Something that a process did to itself or had done, and when. */
export interface Done {
  readonly customerId: string;
  readonly name: string;
  readonly atMs: number;
}

const content = z.object({ at: z.number() });

export async function readNotes(folder: string): Promise<readonly Done[]> {
  const files = await readdir(doneFolder(folder));
  return Promise.all(
    files.map(async (file) => {
      const [customerId = '', ...name] = file.split('.');
      const text = await readFile(join(doneFolder(folder), file), 'utf8');
      return { customerId, name: name.join('.'), atMs: content.parse(JSON.parse(text)).at };
    }),
  );
}

export const isDeath = ({ name }: Done): boolean => name.startsWith('die.');
