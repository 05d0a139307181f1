import { parseArgs } from 'node:util';
import { messageOf } from './part.js';
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
    return values.help === true ? { kind: 'help' } : argumentsOf(command, rest, values);
  } catch (error) {
    return { kind: 'invalid', message: messageOf(error) };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** @throws Error when they make no sense */
function argumentsOf(command: string, rest: readonly string[], values: Values): Arguments {
  if (command === 'dead-letters') {
    const { consumer, by } = values;
    return { kind: command, action: deadLetterAction(rest, values), consumer, by };
  }
  const [team, ...surplus] = command === 'rebuild' ? rest : [undefined, ...rest];
  refuseSurplus(surplus);
  switch (command) {
    case 'start':
      return {
        kind: command,
        fresh: values.fresh ?? false,
        demo: values['no-demo'] !== true,
        detach: values.detach ?? false,
        background: values.background ?? false,
        ports: portWish(values['port-base']),
      };
    case 'status':
      return { kind: command, json: values.json ?? false };
    case 'down':
      return { kind: command };
    case 'rebuild':
      return { kind: command, team };
    case 'listen':
      return listenArguments(values);
    default:
      throw new Error(`There is no command ${command}.`);
  }
}

function refuseSurplus(surplus: readonly (string | undefined)[]): void {
  if (surplus.length > 0) throw new Error(`What is ${surplus.join(' ')}?`);
}

function listenArguments({ types = [], answer = '200', keep = false }: Values): ListenArguments {
  if (!/^[2-5]\d\d$/.test(answer)) throw new Error('--answer takes a status from 200 to 599.');
  const wanted = types.flatMap((list) => list.split(',')).filter((type) => type !== '');
  return { kind: 'listen', types: wanted, status: Number(answer), keep };
}

function portWish(text: string | undefined): PortWish {
  if (text === undefined) return 'default';
  const base = Number(text);
  if (Number.isInteger(base) && base >= lowestBase && base <= highestBase) return { base };
  throw new Error(`--port-base takes a number from ${lowestBase} to ${highestBase}.`);
}

function deadLetterAction(
  [verb, id, ...surplus]: readonly string[],
  { all = false, reason }: Values,
): DeadLetterAction {
  refuseSurplus(surplus);
  switch (verb) {
    case undefined:
      return { kind: 'list' };
    case 'replay':
      if (all === (id !== undefined)) {
        throw new Error('replay takes the id of a dead letter, or --all.');
      }
      return id === undefined ? { kind: 'replay_all' } : { kind: 'replay', id };
    case 'discard':
      if (id === undefined) throw new Error('discard takes the id of a dead letter.');
      if (reason === undefined) throw new Error('discard needs a --reason.');
      return { kind: 'discard', id, reason };
    default:
      throw new Error(`What is ${verb}?`);
  }
}
