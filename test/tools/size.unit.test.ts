import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { measure } from '../../tools/size.mjs';
import { useTempFolder } from '../support/temp-folder.js';

const root = useTempFolder();
beforeEach(() => {
  for (const folder of ['src', 'examples', 'test', 'bench']) mkdirSync(join(root.path, folder));
});

const write = (file: string, text: string) => {
  writeFileSync(join(root.path, file), text);
};
const functionOf = (lines: number) =>
  `/** A comment. */\nfunction long() {\n  // A comment.\n\n${'  work();\n'.repeat(lines - 2)}}\n`;

test('a function of 70 lines of code is within the limit, and one of 71 is not', () => {
  write('src/well.ts', functionOf(70));
  expect(measure(root.path).passed).toEqual([]);
  write('bench/long.ts', functionOf(71));
  expect(measure(root.path).passed).toEqual(['bench/long.ts:2: a function of 71 lines']);
});

test('SQL in src counts as code, and a page in Markdown does not', () => {
  write('src/page.md', 'line\n'.repeat(99_999));
  expect(measure(root.path).passed).toEqual([]);
  write('src/schema.sql', 'line\n'.repeat(99_999));
  expect(measure(root.path).passed).toEqual([
    expect.stringMatching(/^src and examples: 99999 lines, at most \d+$/),
  ]);
});

test('the report names the largest files and the longest functions', () => {
  write('src/one.ts', functionOf(5));
  write('test/two.test.ts', 'line();\n'.repeat(30));
  const { report } = measure(root.path);
  expect(report).toContain('     30  test/two.test.ts');
  expect(report).toContain('      5  src/one.ts:2 long');
});
