import type { JsonSchema } from './json-schema.js';

/** The schemas that were released, by `order.placed/1`. */
type Released = Readonly<Record<string, JsonSchema>>;

/**
 * Every promise of a released version that the present schemas do not keep, named by its place. Optional
 * members and values of an enumeration may be added; any other change needs a new version.
 */
export const brokenPromises = (released: Released, now: Released): readonly string[] =>
  Object.entries(released).flatMap(([name, before]) => {
    const after = now[name];
    if (after === undefined) return [`${name} is gone`];
    return breaks(before, after, 'data').map((broken) => `${name}: ${broken}`);
  });

function breaks(before: JsonSchema, after: JsonSchema, at: string): readonly string[] {
  const [was, is] = [rulesOf(before), rulesOf(after)];
  const lost = was.filter((rule) => !is.includes(rule));
  // A new required member is a break, too: events that are out already do not have it.
  const gained = is.filter((rule) => !was.includes(rule) && !rule.startsWith(enumValue));
  const members = Object.entries(membersOf(before)).flatMap(([name, member]) => {
    const kept = membersOf(after)[name];
    return kept ? breaks(member, kept, `${at}.${name}`) : [`${at}.${name} is gone`];
  });
  return [
    ...lost.map((rule) => `${at} no longer has ${rule}`),
    ...gained.map((rule) => `${at} now has ${rule}`),
    ...members,
  ];
}

const enumValue = 'enum value';

/** Remarks, which bind nobody, and what is compared by its parts. */
const noRules = '$schema $id title description properties items'.split(' ');

function rulesOf({ required, enum: values, ...schema }: JsonSchema): readonly string[] {
  const rules = Object.entries(schema).filter(([name]) => !noRules.includes(name));
  return [
    ...rules.map(([name, value]) => `${name} ${JSON.stringify(value)}`),
    ...textsOf(required).map((name) => `required ${name}`),
    ...(values === undefined ? [] : ['enum']),
    ...textsOf(values).map((value) => `${enumValue} ${value}`),
  ];
}

const membersOf = ({ properties, items }: JsonSchema) =>
  ({ ...(properties as object), ...(items !== undefined && { '[]': items }) }) as Released;

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
