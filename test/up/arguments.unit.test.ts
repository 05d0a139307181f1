import { expect, test } from 'vitest';
import { parseArguments } from '../../src/up/arguments.js';

const plainStart = {
  kind: 'start',
  fresh: false,
  demo: true,
  detach: false,
  background: false,
  ports: 'default',
};

const plainListen = { kind: 'listen', types: [], status: 200, keep: false };
const deadLetters = { kind: 'dead-letters', consumer: undefined, by: undefined };
const wordsOf = (line: string) => line.split(' ').filter(Boolean);

test.each<[string, object]>([
  ['', plainStart],
  [
    'start --fresh --no-demo --detach --port-base 5000',
    { ...plainStart, fresh: true, demo: false, detach: true, ports: { base: 5000 } },
  ],
  ['status --json', { kind: 'status', json: true }],
  ['down', { kind: 'down' }],
  ['rebuild analytics', { kind: 'rebuild', team: 'analytics' }],
  ['rebuild', { kind: 'rebuild', team: undefined }],
  ['listen', plainListen],
  [
    'listen --types order.*,payment.failed --answer 500 --keep',
    { ...plainListen, types: ['order.*', 'payment.failed'], status: 500, keep: true },
  ],
  ['dead-letters', { ...deadLetters, action: 'list' }],
  ['dead-letters replay --all', { ...deadLetters, action: 'replay' }],
  ['dead-letters replay dlt_1', { ...deadLetters, action: 'replay', id: 'dlt_1' }],
  [
    'dead-letters discard dlt_1 --reason seen',
    { ...deadLetters, action: 'discard', id: 'dlt_1', reason: 'seen' },
  ],
])('the command line takes: %s', (line, parsed) => {
  expect(parseArguments(wordsOf(line))).toEqual(parsed);
});

test.each([
  ['dead-letters replay', 'replay takes the id of a dead letter, or --all.'],
  ['dead-letters replay dlt_1 --all', 'replay takes the id of a dead letter, or --all.'],
  ['dead-letters discard', 'discard takes the id of a dead letter.'],
  ['dead-letters discard dlt_1', 'discard needs a --reason.'],
  ['dead-letters bury dlt_1', 'What is bury?'],
  ['rebuild analytics now', 'What is now?'],
  ['listen --answer 99', expect.any(String)],
  ['listen now', expect.any(String)],
  ['up', expect.any(String)],
  ['start now', expect.any(String)],
  ['--unknown', expect.any(String)],
  ['--port-base high', expect.any(String)],
])('the command line refuses: %s', (line, message: unknown) => {
  expect(parseArguments(wordsOf(line))).toEqual({ kind: 'invalid', message });
});
