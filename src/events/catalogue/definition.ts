import { z } from 'zod';
import type { FactOf, FactType } from '../../domain/facts.js';

/** A version that is published no more. */
interface EarlierVersion<Data extends z.ZodObject> {
  readonly data: z.ZodObject;
  /** The same as the newest version says it. */
  readonly renewed: (data: Readonly<Record<string, unknown>>) => z.input<Data>;
}

interface Entry<Type extends FactType, Data extends z.ZodObject> {
  /** Of `data`; 1 when left out. It goes up when a member is removed or gets another meaning. */
  readonly version?: number;
  /** What has happened, in one sentence. */
  readonly meaning: string;
  /** The event whose effect this one reverses, in whole or in part. */
  readonly reverses?: FactType;
  /** The schema of `data`. A program that reads it has to bear members that are not in it. */
  readonly data: Data;
  /** The versions that are published no more; the log still has events of them. */
  readonly earlier?: Readonly<Record<number, EarlierVersion<Data>>>;
  readonly dataOf: (fact: FactOf<Type>) => z.input<Data>;
}

/** What the outside learns of a fact of this type. */
export interface EventDefinition<Type extends FactType, Data extends z.ZodObject> extends Entry<
  Type,
  Data
> {
  readonly version: number;
}

/** Puts definitions together: each fact is mapped to what its own schema asks for. */
export const define = <Schemas extends Partial<Record<FactType, z.ZodObject>>>(entries: {
  readonly [Type in keyof Schemas & FactType]: Entry<Type, NonNullable<Schemas[Type]>>;
}) =>
  Object.fromEntries(
    Object.entries<object>(entries).map(([type, entry]) => [type, { version: 1, ...entry }]),
  ) as {
    readonly [Type in keyof Schemas & FactType]: EventDefinition<Type, NonNullable<Schemas[Type]>>;
  };

/** An event with the data that many have. */
export const sharing =
  <Data extends z.ZodObject, Fact>(data: Data, dataOf: (fact: Fact) => z.input<Data>) =>
  (meaning: string, reverses?: FactType) => ({
    meaning,
    ...(reverses !== undefined && { reverses }),
    data,
    dataOf,
  });

/** It happened; there is no more to say. */
export const bare = sharing(z.object({}), () => ({}));

/** Something is awaited. */
export const until = sharing(
  z.object({ until: z.iso.datetime() }),
  (fact: { readonly until: string }) => ({ until: fact.until }),
);
