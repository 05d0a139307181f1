import { describe, expect, it } from 'vitest';
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
  it('starts with the example order when nothing is said', () => {
    expect(parseArguments([])).toEqual(plainStart);
  });

  it('takes every flag of start', () => {
    const argv = ['start', '--fresh', '--no-demo', '--detach', '--port-base', '5000'];
    expect(parseArguments(argv)).toEqual({
      ...plainStart,
      fresh: true,
      demo: false,
      detach: true,
      ports: { base: 5000 },
    });
  });

  it('knows status and down', () => {
    expect(parseArguments(['status', '--json'])).toEqual({ kind: 'status', json: true });
    expect(parseArguments(['down'])).toEqual({ kind: 'down' });
  });

  it('takes the name of an example, or none', () => {
    expect(parseArguments(['example', 'plain'])).toEqual({ kind: 'example', name: 'plain' });
    expect(parseArguments(['example'])).toEqual({ kind: 'example', name: undefined });
  });

  it.each([
    [['up']],
    [['start', 'now']],
    [['example', 'plain', 'again']],
    [['--unknown']],
    [['--port-base', 'high']],
  ])('refuses %j', (argv) => {
    expect(parseArguments(argv)).toMatchObject({ kind: 'invalid' });
  });
});
