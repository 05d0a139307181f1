import { readFileSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { effortTable, type Effort } from '../../bench/compare/data/comparison.js';
import { variantNames, type VariantName } from '../../bench/compare/data/names.js';
import { readTable } from '../../bench/compare/data/table.js';
import {
  countEffort,
  countEvidence,
  filesOf,
  isPrinted,
  linesOfCode,
  orderMessages,
  readCommands,
} from '../../bench/compare/effort/count.js';
import { useTempFolder } from '../support/temp-folder.js';

const committed = 'docs/compare/evidence/';
const [orchestrated, choreographed] = ['orchestrated', 'choreographed'].map(
  (kind) => `fraud-check-${kind}.patch`,
) as [string, string];

const counted = countEffort();

describe('docs/compare/effort.csv', () => {
  const isOfTheRun = ({ measure }: Effort) => measure === 'lines_of_code';
  let rows: readonly Effort[];
  beforeAll(async () => {
    const text = await readFile('docs/compare/effort.csv', 'utf8');
    rows = readTable(effortTable, text);
  });

  test('is what the evidence and the code give; `npm run compare:docs` counts again', () => {
    const value = (row: Effort) => (isOfTheRun(row) ? 0 : row.value);
    const fixed = (some: readonly Effort[]) => some.map((row) => ({ ...row, value: value(row) }));
    expect(fixed(rows)).toEqual(fixed(counted));
  });

  test('is not far behind the lines of code, which every change moves a little', () => {
    for (const { arm, measure, value } of rows.filter(isOfTheRun)) {
      const now = counted.find((row) => row.arm === arm && row.measure === measure)!;
      expect(Math.abs(now.value - value) / value, arm).toBeLessThan(0.05);
    }
  });
});

test('docs/adding-a-step.md lists exactly the files that its patch touches by hand', () => {
  const lines = readFileSync('docs/adding-a-step.md', 'utf8').match(/^- `.*?`:/gm)!;
  const listed = lines.flatMap((line) => line.match(/(?<=`)[^`]*\.\w+(?=`)/g));
  const byHand = filesOf(committed + orchestrated).filter((file) => !isPrinted(file));
  expect(listed.sort()).toEqual([...byHand].sort());
});

describe('the evidence', () => {
  const folder = useTempFolder();
  beforeEach(() => cp(committed, folder.path, { recursive: true }));

  const change = async (name: string, to: (text: string) => string) => {
    const file = join(folder.path, name);
    await writeFile(file, to(await readFile(file, 'utf8')));
  };
  const count = (arm: VariantName) => countEvidence(arm, `${folder.path}/`);
  const withFile = (file: string, line: string) => (text: string) =>
    `${text}diff --git a/${file} b/${file}
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/${file}
@@ -0,0 +1 @@
+${line}
`;
  /** How many more are counted in each arm than by the committed evidence. */
  const moved = (kind: 'files' | 'services') =>
    variantNames.map((arm) => {
      const measure = `${kind}_touched_for_fraud_check` as const;
      return count(arm)[measure].value - countEvidence(arm)[measure].value;
    });

  test('counts one file more for a patch that touches one more, if it is of the service', async () => {
    await change(orchestrated, withFile('src/db/fraud.ts', 'export {};'));
    await change(choreographed, withFile('docs/fraud.md', 'Fraud'));
    expect(moved('files')).toEqual([1, 0, 0, 1]);
    expect(moved('services')).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ['another service', 'src/choreography/score.ts', "const s: Service = { name: 'score' };", 1],
    ['a part of a service that is touched already', 'src/choreography/fees.ts', 'export {};', 0],
    ['another process', 'src/relay/relay-score.ts', 'export {};', 1],
  ])('of a patch to %s counts its services', async (_what, file, line, more) => {
    await change(choreographed, withFile(file, line));
    expect(moved('services')).toEqual([0, more, more, 0]);
  });

  test.each([
    ['empty', () => ''],
    ['no patch', () => 'Fraud is bad.'],
    ['made for other code', (text: string) => text.replace(/^-(?!--)/m, '-other ')],
    ['cut off', (text: string) => text.slice(0, -200)],
    ['mended by hand', (text: string) => text.replace(/^\+[^+].*\n/m, '')],
    ['without its files', (text: string) => text.replaceAll(/^(---|\+\+\+|diff) .*\n/gm, '')],
  ])('is refused by its name when a patch is %s', async (_what, to) => {
    await change(choreographed, to);
    expect(() => count('outbox')).toThrow(choreographed);
  });

  test('is refused by its name when a file is not there', async () => {
    await rm(join(folder.path, orchestrated));
    expect(() => count('saga')).toThrow(orchestrated);
  });

  test.each([
    ['an arm', 'outbox', /^## outbox$/m, 'outbox has no shell block'],
    ['a heading', 'saga', /^### Mend it$/m, 'saga has no shell block with commands at "Mend it"'],
    [
      'a block',
      'saga',
      /^```sh\n[^`]*```\n/m,
      'saga has no shell block with commands at "Find it"',
    ],
  ] as const)('is refused by its name when the page lacks %s', async (_, arm, part, complaint) => {
    await change('operator.md', (text) => text.replace(part, ''));
    expect(() => count(arm)).toThrow(`operator.md: ${complaint}`);
  });
});

describe('what is counted', () => {
  test('is one command for lines that belong together, and none for a remark', () => {
    const page =
      '## saga, mix\n\n### Find it\n\n```sh\n# look\na \\\n  b\nc\n```\n\n### Mend it\n\n```sh\nd\n```\n';
    const commands = (title: string) => readCommands(page, 'mix', title);
    expect([commands('Find it'), commands('Mend it')]).toEqual([2, 1]);
  });

  test.each([
    ['a remark and an empty line', '// one\n\n/** Two\n * three */\n', 0],
    ['a description', '/** What it is. */\nexport const a = 1;\n', 1],
    ['code before a remark', 'const a = 1; // one\n', 1],
  ])('is no line but those of code: %s', (_what, text, lines) => {
    expect(linesOfCode(text)).toBe(lines);
  });

  test('is each message of an order’s workflow with its members, and none of a return’s', () => {
    const messages = orderMessages();
    const membersOf = (wanted: string) => messages.find(({ name }) => name === wanted)?.members;
    expect(membersOf('verifyCode')).toEqual(['digest', 'resend']);
    expect(membersOf('cancel')).toEqual(['requestedBy', 'reason']);
    expect(membersOf('stockArrived')).toEqual([]);
    expect(membersOf('inspectReturn')).toBeUndefined();
  });
});
