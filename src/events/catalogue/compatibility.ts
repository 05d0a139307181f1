import type { JsonSchema } from './json-schema.js';

/** The schemas that were released, by `order.placed/1`. */
export type Released = Readonly<Record<string, JsonSchema>>;

/** What may be said otherwise in a version that is out: it binds nobody. */
const remarks = new Set(['$schema', '$id', 'title', 'description']);

/** Each has rules of its own. */
const ruled = new Set(['properties', 'required', 'items', 'enum']);

/**
 * Every promise of a released version that the schemas of now do not keep, named by its place. Members
 * may be added, as long as nobody needs them, and so may values of an enumeration; whatever else
 * changes needs a new version.
 */
export function brokenPromises(released: Released, now: Released): readonly string[] {
  return Object.entries(released).flatMap(([name, before]) => {
    const after = now[name];
    return after === undefined
      ? [`${name} is taken away`]
      : breaks(before, after).map(
          ({ at, what }) => `${name}: ${['data', ...at].join('.')} ${what}`,
        );
  });
}

interface Break {
  readonly at: readonly string[];
  readonly what: string;
}

const breaks = (before: JsonSchema, after: JsonSchema): readonly Break[] => [
  ...memberBreaks(before, after),
  ...itemBreaks(before, after),
  ...valueBreaks(before, after),
  ...otherBreaks(before, after),
];

function memberBreaks(before: JsonSchema, after: JsonSchema): readonly Break[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  const [wasNeeded, isNeeded] = [textsOf(before['required']), textsOf(after['required'])];
  const kept = Object.entries(was).flatMap(([name, member]): readonly Break[] => {
    const now = is[name];
    if (now === undefined) return [{ at: [name], what: 'is taken away' }];
    const inside = breaks(member, now).map(({ at, what }) => ({ at: [name, ...at], what }));
    const isLoose = wasNeeded.includes(name) && !isNeeded.includes(name);
    return isLoose
      ? [{ at: [name], what: 'was always there, and is optional' }, ...inside]
      : inside;
  });
  const demanded = isNeeded.filter((name) => !wasNeeded.includes(name));
  // Events that are out already do not have it.
  return [...kept, ...demanded.map((name) => ({ at: [name], what: 'is required, and was not' }))];
}

function itemBreaks(before: JsonSchema, after: JsonSchema): readonly Break[] {
  const [was, is] = [before['items'], after['items']];
  if (!isSchema(was)) return [];
  if (!isSchema(is)) return [{ at: ['[]'], what: 'is said no more' }];
  return breaks(was, is).map(({ at, what }) => ({ at: ['[]', ...at], what }));
}

function valueBreaks({ enum: was }: JsonSchema, { enum: is }: JsonSchema): readonly Break[] {
  if (was === undefined && is === undefined) return [];
  if (is === undefined) return [{ at: [], what: 'is an enumeration no more' }];
  if (was === undefined) return [{ at: [], what: 'is an enumeration now' }];
  return textsOf(was)
    .filter((value) => !textsOf(is).includes(value))
    .map((value) => ({ at: [], what: `can be "${value}" no more` }));
}

const otherBreaks = (before: JsonSchema, after: JsonSchema): readonly Break[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !remarks.has(key) && !ruled.has(key))
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => ({
      at: [],
      what: `had ${key} ${show(before[key])}, and has ${show(after[key])}`,
    }));

const show = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const membersOf = ({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  isSchema(properties) ? (properties as Readonly<Record<string, JsonSchema>>) : {};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
