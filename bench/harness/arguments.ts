import { parseArgs } from 'node:util';

export interface Option<Value> {
  readonly argument?: string;
  readonly fallback?: string;
  readonly meaning: string;
  /** @throws Error that names the option */
  readonly read: (text: string | undefined, name: string) => Value;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
type Values<Table extends Options> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['read']>;
} & { readonly help: boolean };

export function readArguments<Table extends Options>(
  table: Table,
  args: readonly string[],
): Values<Table> {
  const types = Object.entries(table).map(
    ([name, { argument }]) =>
      [name, { type: argument === undefined ? 'boolean' : 'string' }] as const,
  );
  const { values } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const textOf = (name: string) => (given[name] === undefined ? undefined : String(given[name]));
  return {
    ...Object.fromEntries(
      Object.entries(table).map(([name, { fallback, read }]) => [
        name,
        read(textOf(name) ?? fallback, name),
      ]),
    ),
    help: given['help'] === true,
  } as Values<Table>;
}

export async function runCommand<Read extends { readonly help: boolean }>(
  read: (args: readonly string[]) => Read,
  help: () => string,
  run: (options: Read) => Promise<void>,
): Promise<void> {
  const options = read(process.argv.slice(2));
  if (options.help) console.log(help());
  else await run(options);
}

export function helpText(script: string, table: Options, more: readonly string[] = []): string {
  const usages = Object.entries(table).map(([name, { argument, fallback, meaning }]) => ({
    usage: `--${name}${argument === undefined ? '' : ` ${argument}`}`,
    meaning: meaning + (fallback === undefined ? '' : ` (${fallback})`),
  }));
  const width = Math.max(...usages.map(({ usage }) => usage.length));
  const lines = usages.map(({ usage, meaning }) => `  ${usage.padEnd(width)}  ${meaning}`);
  return [`npm run ${script} -- [options]`, ...lines, '  --help', ...more].join('\n');
}

export const flag = (meaning: string): Option<boolean> => ({
  meaning,
  read: (text) => text === 'true',
});

export const text = (argument: string, meaning: string): Option<string | undefined> => ({
  argument,
  meaning,
  read: (value) => value,
});

export const count = (fallback: number, meaning: string, argument = 'N'): Option<number> => ({
  argument,
  fallback: String(fallback),
  meaning,
  read: (value, name) => wholeNumber(name, value ?? ''),
});

/** A count whose fallback depends on other options. */
export const optionalCount = (meaning: string, least = 1): Option<number | undefined> => ({
  argument: 'N',
  meaning,
  read: (value, name) => (value === undefined ? undefined : wholeNumber(name, value, least)),
});

/** Some of these names, in their usual order. */
export const someOf = <Name extends string>(
  names: readonly Name[],
  meaning: string,
): Option<readonly Name[] | undefined> => ({
  argument: 'NAME,…',
  meaning,
  read: (value, name) => {
    if (value === undefined) return undefined;
    const asked = value.split(',').map((one) => one.trim());
    const unknown = asked.filter((one) => !(names as readonly string[]).includes(one));
    if (unknown.length > 0) throw new Error(`--${name}: there is no ${unknown.join(', ')}`);
    return names.filter((one) => asked.includes(one));
  },
});

export function wholeNumber(name: string, value: string, least = 1): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${name}: not a whole number of ${least} or more: ${value}`);
}
