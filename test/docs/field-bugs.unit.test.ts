import { expect, test } from 'vitest';
import { readText, rowsIn } from './pages.js';

const bugs = rowsIn(readText('docs/field-bugs.md')).filter(
  ([bug]) => bug !== 'the bug' && !/^-+$/.test(bug!),
);

/** The tests that a cell links to: their titles, outer ones first, and the file that they are in. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+\.test\.ts)\)/g)].map(([, titles, file]) => ({
    titles: titles!.split(' › '),
    file: file!,
  }));

/** The titles of a file's tests and groups, as they are written. */
const titlesIn = (source: string): Set<string> =>
  new Set(
    [...source.matchAll(/\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"),/g)].map(
      ([, single, double]) => single ?? double!,
    ),
  );

test('docs/field-bugs.md names the bugs of the field', () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
});

test.each(bugs)(
  'docs/field-bugs.md says where "%s" was seen, and which test guards against it',
  (_bug, seen, rule) => {
    expect(seen).toMatch(/\[[^\]]+\]\(https:\/\/github\.com\/[^)]+\)/);
    const guards = testsIn(rule);
    expect(guards).not.toEqual([]);
    for (const { titles, file } of guards) {
      const known = titlesIn(readText(file));
      expect(
        titles.filter((title) => !known.has(title)),
        file,
      ).toEqual([]);
    }
  },
);
