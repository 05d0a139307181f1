import { parseArgs } from 'node:util';
import type { PortWish } from './ports.js';

export interface StartArguments {
  readonly kind: 'start';
  readonly fresh: boolean;
  readonly demo: boolean;
  readonly detach: boolean;
  /** Set by `--detach` for the process that stays. */
  readonly background: boolean;
  readonly ports: PortWish;
}

export type Arguments =
  | StartArguments
  | { readonly kind: 'status'; readonly json: boolean }
  | { readonly kind: 'down' }
  | { readonly kind: 'example'; readonly name: string | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string };

export const usage = `Usage:
  npm start -- [--fresh] [--no-demo] [--detach] [--port-base <port>]
  npm run status -- [--json]
  npm run down
  npm run example -- [<name>]

  --fresh      forgets the data of earlier starts
  --no-demo    leaves the example order out
  --detach     comes back when everything is ready, and leaves it running
  --port-base  numbers the ports from there on`;

const options = {
  fresh: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  detach: { type: 'boolean' },
  background: { type: 'boolean' },
  'port-base': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const lowestBase = 1_024;
const highestBase = 65_000;

/** What the command line asks for. */
export function parseArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [command = 'start', ...rest] = positionals;
    if (values.help === true) return { kind: 'help' };
    const [name, ...surplus] = command === 'example' ? rest : [undefined, ...rest];
    if (surplus.length > 0) return invalid(`What is ${surplus.join(' ')}?`);
    return command === 'example' ? { kind: 'example', name } : ofCommand(command, values);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function ofCommand(command: string, values: Values): Arguments {
  switch (command) {
    case 'start':
      return startArguments(values);
    case 'status':
      return { kind: 'status', json: values.json ?? false };
    case 'down':
      return { kind: 'down' };
    default:
      return invalid(`There is no command ${command}.`);
  }
}

function startArguments(values: Values): Arguments {
  const ports = portWish(values['port-base']);
  if (ports === undefined) {
    return invalid(`--port-base takes a number from ${lowestBase} to ${highestBase}.`);
  }
  return {
    kind: 'start',
    fresh: values.fresh ?? false,
    demo: values['no-demo'] !== true,
    detach: values.detach ?? false,
    background: values.background ?? false,
    ports,
  };
}

function portWish(text: string | undefined): PortWish | undefined {
  if (text === undefined) return 'default';
  const base = Number(text);
  return Number.isInteger(base) && base >= lowestBase && base <= highestBase ? { base } : undefined;
}

const invalid = (message: string): Arguments => ({ kind: 'invalid', message });
