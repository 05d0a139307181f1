import type { z } from 'zod';
import type { FactOf, FactType } from '../../domain/facts.js';

/** A version that is published no more. */
interface EarlierVersion<Data extends z.ZodObject> {
  readonly data: z.ZodObject;
  /** The same as the newest version says it. */
  readonly renewed: (data: Readonly<Record<string, unknown>>) => z.input<Data>;
}

/** What the outside learns of a fact of this type. */
export interface EventDefinition<Type extends FactType, Data extends z.ZodObject> {
  /** Of `data`, from 1: it goes up when a member is taken away or gets another meaning. */
  readonly version: number;
  /** What has happened, in one sentence. */
  readonly meaning: string;
  /** The event whose effect this one takes back, in whole or in part. */
  readonly reverses?: FactType;
  /** The schema of `data`. A program that reads it has to bear members that are not in it. */
  readonly data: Data;
  /** The versions that are published no more; the log still has events of them. */
  readonly earlier?: Readonly<Record<number, EarlierVersion<Data>>>;
  readonly dataOf: (fact: FactOf<Type>) => z.input<Data>;
}

/** Puts definitions together: each fact is mapped to what its own schema asks for. */
export const define = <Schemas extends Partial<Record<FactType, z.ZodObject>>>(definitions: {
  readonly [Type in keyof Schemas & FactType]: EventDefinition<Type, NonNullable<Schemas[Type]>>;
}) => definitions;
