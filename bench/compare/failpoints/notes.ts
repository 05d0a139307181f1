import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { doneFolder } from './points.js';

/** Something that a process did to itself or had done, and when. */
export interface Done {
  readonly customerId: string;
  /** As `die.reserve.before_effect`. */
  readonly name: string;
  /** By the clock of this machine. */
  readonly atMs: number;
}

const content = z.object({ at: z.number() });

/** What was done by all processes that were started with the folder. */
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
