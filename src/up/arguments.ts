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

export interface ListenArguments {
  readonly kind: 'listen';
  /** The event types to subscribe to; none means all. */
  readonly types: readonly string[];
  /** The status that every event is answered with. */
  readonly status: number;
  readonly keep: boolean;
}

export type Arguments =
  | StartArguments
  | ListenArguments
  | DeadLetterArguments
  | { readonly kind: 'rebuild'; readonly team: string | undefined }
  | { readonly kind: 'status'; readonly json: boolean }
  | { readonly kind: 'down' }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string };

export const usage = `Usage:
  npm start -- [--fresh] [--no-demo] [--detach] [--port-base <port>]
  npm run status -- [--json]
  npm run down
  npm run example -- [<name>]
  npm run dead-letters -- [replay <id> | replay --all | discard <id> --reason <reason>]
  npm run rebuild -- [<team>]
  npm run listen -- [--types <types>] [--answer <status>] [--keep]

  --fresh      forgets the data of earlier starts
  --no-demo    leaves the example order out
  --detach     comes back when everything is ready, and leaves it running
  --port-base  numbers the ports from there on
  --all        all dead letters
  --reason     why a dead letter is discarded
  --consumer   whose dead letters; everybody's if left out
  --by         who decides, an opaque name
  --types      which events to listen for, such as order.*,payment.authorized; all if left out
  --answer     the status that every event is answered with; 200 if left out
  --keep       leaves the webhook endpoint where it is`;

const options = {
  fresh: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  detach: { type: 'boolean' },
  background: { type: 'boolean' },
  'port-base': { type: 'string' },
  json: { type: 'boolean' },
  types: { type: 'string', multiple: true },
  answer: { type: 'string' },
  keep: { type: 'boolean' },
  all: { type: 'boolean' },
  reason: { type: 'string' },
  consumer: { type: 'string' },
  by: { type: 'string' },
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
    if (command === 'dead-letters') return ofDeadLetters(rest, values);
    const [team, ...surplus] = command === 'rebuild' ? rest : [undefined, ...rest];
    if (surplus.length > 0) return invalid(`What is ${surplus.join(' ')}?`);
    return command === 'rebuild' ? { kind: 'rebuild', team } : ofCommand(command, values);
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
    case 'listen':
      return listenArguments(values);
    default:
      return invalid(`There is no command ${command}.`);
  }
}

function ofDeadLetters(rest: readonly string[], values: Values): Arguments {
  const found = deadLetterArguments(rest, values);
  return typeof found === 'string' ? invalid(found) : found;
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

function listenArguments({ types = [], answer = '200', keep = false }: Values): Arguments {
  if (!/^[2-5]\d\d$/.test(answer)) return invalid('--answer takes a status from 200 to 599.');
  const wanted = types.flatMap((list) => list.split(',')).filter((type) => type !== '');
  return { kind: 'listen', types: wanted, status: Number(answer), keep };
}

function portWish(text: string | undefined): PortWish | undefined {
  if (text === undefined) return 'default';
  const base = Number(text);
  return Number.isInteger(base) && base >= lowestBase && base <= highestBase ? { base } : undefined;
}

const invalid = (message: string): Arguments => ({ kind: 'invalid', message });

/** What is to be done about dead letters. */
type DeadLetterAction =
  | { readonly kind: 'list' }
  | { readonly kind: 'replay_all' }
  | { readonly kind: 'replay'; readonly id: string }
  | { readonly kind: 'discard'; readonly id: string; readonly reason: string };

export interface DeadLetterArguments {
  readonly kind: 'dead-letters';
  readonly action: DeadLetterAction;
  /** Whose letters; undefined: everybody's. */
  readonly consumer: string | undefined;
  /** Who decides, an opaque name; undefined: the API's own word for it. */
  readonly by: string | undefined;
}

export interface DeadLetterValues {
  readonly all?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly consumer?: string | undefined;
  readonly by?: string | undefined;
}

/** What follows `dead-letters` on the command line. @returns a message when it makes no sense */
export function deadLetterArguments(
  rest: readonly string[],
  values: DeadLetterValues,
): DeadLetterArguments | string {
  const action = actionOf(rest, values);
  if (typeof action === 'string') return action;
  return { kind: 'dead-letters', action, consumer: values.consumer, by: values.by };
}

function actionOf(
  [verb, id, ...surplus]: readonly string[],
  { all = false, reason }: DeadLetterValues,
): DeadLetterAction | string {
  if (surplus.length > 0) return `What is ${surplus.join(' ')}?`;
  switch (verb) {
    case undefined:
      return { kind: 'list' };
    case 'replay':
      if (all === (id !== undefined)) return 'replay takes the id of a dead letter, or --all.';
      return id === undefined ? { kind: 'replay_all' } : { kind: 'replay', id };
    case 'discard':
      if (id === undefined) return 'discard takes the id of a dead letter.';
      if (reason === undefined) return 'discard needs a --reason.';
      return { kind: 'discard', id, reason };
    default:
      return `What is ${verb}?`;
  }
}
