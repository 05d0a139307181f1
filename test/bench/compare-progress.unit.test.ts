import { expect, test } from 'vitest';
import { Progress } from '../../bench/compare/progress.js';

function outputOf(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const output = {
    isTTY,
    columns,
    write: (text: string) => written.push(text) > 0,
  } as unknown as NodeJS.WriteStream;
  return { written, output };
}

test('without a terminal each step is a line of its own', () => {
  const { written, output } = outputOf(false);
  const progress = new Progress(2, output);
  progress.begin('saga none, seed 1');
  progress.end('saga none: all well');
  progress.end('mix none: all well');
  progress.close();
  expect(written).toEqual(['1/2 saga none: all well (0 s)\n', '2/2 mix none: all well (0 s)\n']);
});

test('a terminal has one line, which fills up and never breaks', () => {
  const { written, output } = outputOf(true, 60);
  const progress = new Progress(4, output);
  progress.begin('saga none, seed 1');
  progress.end('saga none: '.padEnd(200, '.'));
  progress.close();
  expect(written.at(0)).toContain('0/4 0:00 saga none');
  expect(written.at(1)).toContain('█░');
  expect(written.at(-1)).toBe('\n');
  for (const text of written) expect(text.replace('\u001b[K', '').length).toBeLessThanOrEqual(60);
});
