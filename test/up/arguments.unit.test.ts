import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/up/arguments.js';

const plainStart = {
  kind: 'start',
  fresh: false,
  demo: true,
  detach: false,
  background: false,
  ports: 'default',
};

describe('the command line', () => {
  test('starts with the example order when nothing is said', () => {
    expect(parseArguments([])).toEqual(plainStart);
  });

  test('takes every flag of start', () => {
    const argv = ['start', '--fresh', '--no-demo', '--detach', '--port-base', '5000'];
    expect(parseArguments(argv)).toEqual({
      ...plainStart,
      fresh: true,
      demo: false,
      detach: true,
      ports: { base: 5000 },
    });
  });

  test('knows status and down', () => {
    expect(parseArguments(['status', '--json'])).toEqual({ kind: 'status', json: true });
    expect(parseArguments(['down'])).toEqual({ kind: 'down' });
  });

  test('takes a team to rebuild, or none', () => {
    expect(parseArguments(['rebuild', 'analytics'])).toEqual({
      kind: 'rebuild',
      team: 'analytics',
    });
    expect(parseArguments(['rebuild'])).toEqual({ kind: 'rebuild', team: undefined });
  });

  test.each([
    ['dead-letters', { kind: 'list' }],
    ['dead-letters replay --all', { kind: 'replay_all' }],
    ['dead-letters replay dlt_1', { kind: 'replay', id: 'dlt_1' }],
    ['dead-letters discard dlt_1 --reason seen', { kind: 'discard', id: 'dlt_1', reason: 'seen' }],
  ])('takes what is to be done: %s', (line, action) => {
    const nobody = { consumer: undefined, by: undefined };
    expect(parseArguments(line.split(' '))).toEqual({ kind: 'dead-letters', action, ...nobody });
  });

  test.each([
    ['dead-letters replay', 'replay takes the id of a dead letter, or --all.'],
    ['dead-letters replay dlt_1 --all', 'replay takes the id of a dead letter, or --all.'],
    ['dead-letters discard', 'discard takes the id of a dead letter.'],
    ['dead-letters discard dlt_1', 'discard needs a --reason.'],
    ['dead-letters bury dlt_1', 'What is bury?'],
    ['rebuild analytics now', 'What is now?'],
  ])('does not take: %s', (line, message) => {
    expect(parseArguments(line.split(' '))).toEqual({ kind: 'invalid', message });
  });

  test('takes what to listen for, and how to answer', () => {
    expect(parseArguments(['listen'])).toEqual({
      kind: 'listen',
      types: [],
      status: 200,
      keep: false,
    });
    const argv = ['listen', '--types', 'order.*,payment.failed', '--answer', '500', '--keep'];
    expect(parseArguments(argv)).toEqual({
      kind: 'listen',
      types: ['order.*', 'payment.failed'],
      status: 500,
      keep: true,
    });
  });

  test.each([
    [['listen', '--answer', '99']],
    [['listen', 'now']],
    [['up']],
    [['start', 'now']],
    [['--unknown']],
    [['--port-base', 'high']],
  ])('refuses %j', (argv) => {
    expect(parseArguments(argv)).toMatchObject({ kind: 'invalid' });
  });
});
