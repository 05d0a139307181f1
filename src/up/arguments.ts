import { parseArgs } from 'node:util';
import { messageOf } from './part.js';
import type { PortWish } from './ports.js';

export const usage = `Usage:
  npm start -- [--fresh] [--no-demo] [--detach] [--port-base <port>]
  npm run status -- [--json]
  npm run down
  npm run example -- [<name>]
  npm run dead-letters -- [replay <id> | replay --all | discard <id> --reason <reason>]
  npm run rebuild -- [<team>]
  npm run listen -- [--types <types>] [--answer <status>] [--keep]

  --fresh      deletes the data of earlier starts
  --no-demo    places no example order
  --detach     returns when everything is ready, and leaves it running
  --port-base  numbers the ports from there on
  --all        all dead letters
  --reason     why a dead letter is discarded
  --consumer   whose dead letters; everybody's if left out
  --by         who decides, an opaque name
  --types      which events to listen for, such as order.*,payment.authorized; all if left out
  --answer     the status that every event is answered with; 200 if left out
  --keep       leaves the webhook endpoint where it is`;

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;
const options = {
  fresh: flag,
  'no-demo': flag,
  detach: flag,
  /** Set by `--detach` for the process that stays. */
  background: flag,
  'port-base': text,
  json: flag,
  types: { type: 'string', multiple: true, default: [] as string[] },
  answer: { type: 'string', default: '200' },
  keep: flag,
  all: flag,
  reason: text,
  consumer: text,
  by: text,
  help: { ...flag, short: 'h' },
} as const;

const lowestBase = 1_024;
const highestBase = 65_000;

type Arguments = ReturnType<typeof parseArguments>;
export type ArgumentsOf<Kind extends Arguments['kind']> = Extract<Arguments, { kind: Kind }>;

/** What the command line asks for. */
export function parseArguments(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [command = 'start', ...rest] = positionals;
    return values.help ? { kind: 'help' as const } : argumentsOf(command, rest, values);
  } catch (error) {
    return { kind: 'invalid' as const, message: messageOf(error) };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const mostWords: Readonly<Record<string, number>> = { 'dead-letters': 2, rebuild: 1 };

/** @throws Error when they make no sense */
function argumentsOf(command: string, rest: readonly string[], values: Values) {
  const surplus = rest.slice(mostWords[command] ?? 0);
  if (surplus.length > 0) throw new Error(`What is ${surplus.join(' ')}?`);
  switch (command) {
    case 'start': {
      const { fresh, 'no-demo': noDemo, detach, background } = values;
      const ports = portWish(values['port-base']);
      return { kind: command, fresh, demo: !noDemo, detach, background, ports };
    }
    case 'status':
      return { kind: command, json: values.json };
    case 'down':
      return { kind: command };
    case 'rebuild':
      return { kind: command, team: rest[0] };
    case 'listen':
      return { kind: command, ...listening(values) };
    case 'dead-letters':
      return { kind: command, ...decision(rest, values), consumer: values.consumer, by: values.by };
    default:
      throw new Error(`There is no command ${command}.`);
  }
}

function listening({ types, answer, keep }: Values) {
  if (!/^[2-5]\d\d$/.test(answer)) throw new Error('--answer takes a status from 200 to 599.');
  const wanted = types.flatMap((list) => list.split(',')).filter((type) => type !== '');
  return { types: wanted, status: Number(answer), keep };
}

function portWish(base: string | undefined): PortWish {
  if (base === undefined) return 'default';
  const port = Number(base);
  if (Number.isInteger(port) && port >= lowestBase && port <= highestBase) return { base: port };
  throw new Error(`--port-base takes a number from ${lowestBase} to ${highestBase}.`);
}

/** What is to be done with dead letters; `replay` without an id is about all of them. */
function decision([action = 'list', id]: readonly string[], { all, reason }: Values) {
  switch (action) {
    case 'list':
      return { action } as const;
    case 'replay':
      if (all === (id !== undefined)) {
        throw new Error('replay takes the id of a dead letter, or --all.');
      }
      return { action, id } as const;
    case 'discard':
      if (id === undefined) throw new Error('discard takes the id of a dead letter.');
      if (reason === undefined) throw new Error('discard needs a --reason.');
      return { action, id, reason } as const;
    default:
      throw new Error(`What is ${action}?`);
  }
}
