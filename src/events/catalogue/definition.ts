import { z } from 'zod';
import type { FactType } from '../../domain/facts.js';

interface Entry<Shape extends z.ZodRawShape> {
  /** Of `data`; 1 when left out. It goes up when a member is removed or gets another meaning. */
  readonly version?: number;
  /** The event whose effect this one reverses, in whole or in part. */
  readonly reverses?: FactType;
  /** Versions that are no longer published, and how the newest one says the same. */
  readonly earlier?: Readonly<Record<number, EarlierVersion>>;
  /** Leaves out what would make the event too large. */
  readonly fit?: (data: z.output<z.ZodObject<Shape>>) => z.output<z.ZodObject<Shape>>;
}

/** The log still has events of it. */
interface EarlierVersion {
  readonly data: z.ZodObject;
  readonly renewed: (data: Readonly<Record<string, unknown>>) => object;
}

export interface EventDefinition extends Pick<Entry<z.ZodRawShape>, 'reverses' | 'earlier'> {
  readonly version: number;
  /** What has happened, in one sentence. */
  readonly meaning: string;
  /** The schema of `data`: nothing else of a fact is published. Its readers accept more members. */
  readonly data: z.ZodObject;
  readonly fit?: (data: never) => object;
}

/** An event whose data are those members of its fact that are named here, in snake_case. */
export const event = <Shape extends z.ZodRawShape>(
  meaning: string,
  members?: Shape,
  more: Entry<Shape> = {},
) => ({ version: 1, meaning, data: z.object(members), ...more });
