import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly init?: boolean;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const repository = new URL('../../', import.meta.url);
export const readText = (file: string): string => readFileSync(new URL(file, repository), 'utf8');

export const composeText = readText('docker-compose.yml');

/** The variables that a file in the form of .env sets, and those that it shows as a comment. */
export function environmentFile(text: string) {
  const lines = [...text.matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  const named = (isShown: boolean) =>
    Object.fromEntries(
      lines
        .filter(([, comment]) => (comment !== undefined) === isShown)
        .map(([, , name, value]) => [name!, value!]),
    );
  return { set: named(false), shown: named(true) };
}

/** As `docker compose` reads the file: anchors merged, variables put in, `$$` for `$`. */
export function composeServices(env: Variables): Readonly<Record<string, Service>> {
  const parsed: unknown = parse(composeText, { merge: true });
  return (interpolated(parsed, env) as { services: Record<string, Service> }).services;
}

type Variables = Readonly<Record<string, string>>;

const reference = /\$\$|\$\{([A-Z0-9_]+)(?:(:-|:\?)([^}]*))?\}/g;

/** The names of all `${VARIABLES}` in the file. */
export const referencedVariables: readonly string[] = [
  ...new Set([...composeText.matchAll(reference)].flatMap(([, name]) => name ?? [])),
];

function interpolated(value: unknown, env: Variables): unknown {
  if (typeof value === 'string') return withVariables(value, env);
  if (Array.isArray(value)) return value.map((item) => interpolated(item, env));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, interpolated(member, env)]);
  return Object.fromEntries(members);
}

const withVariables = (text: string, env: Variables): string =>
  text.replace(reference, (whole, name?: string, operator?: string, operand?: string) => {
    if (name === undefined) return whole.slice(1);
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    if (operator === ':-') return operand ?? '';
    throw new Error(`${name} is not set`);
  });
