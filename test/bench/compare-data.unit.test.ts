import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  effortTable,
  missingFiles,
  readComparison,
  readConditions,
  runsTable,
  writeComparison,
} from '../../bench/compare/data/comparison.js';
import { formatCsv, parseCsv, readTable, writeTable } from '../../bench/compare/data/table.js';
import { aRun, inventedComparison, notApplicable } from './invented-comparison.js';

const header =
  'arm,fault,seed,round,orders,applicable,stuck,wrong,leaked_holds,charged_cancelled,double_charges,' +
  'oversold,needless_undo,untrue_told,waiting_for_person,events_not_once,answer_p50_ms,' +
  'answer_p95_ms,answer_p99_ms,end_p50_ms,end_p95_ms,end_p99_ms,recovery_ms';

const quiet = 'saga,none,1,1,30,yes,0,0,0,0,0,0,0,0,0,0,400,900,1400.5,2100,4000,6500,';

describe('CSV', () => {
  test.each([
    ['commas, quotes and line ends', [['a,b', 'say "so"', 'two\nlines', '']]],
    [
      'several rows',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
  ])('brings back %s', (_what, rows) => {
    expect(parseCsv(formatCsv(rows))).toEqual(rows);
  });

  test('reads what other programs write: returns before line ends, no end of the last line', () => {
    expect(parseCsv('a,b\r\n1,"2"\r\n\r\n3,')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', ''],
    ]);
  });

  test.each(['a,"b', 'a"b,c\n', '"a"b,c\n'])(
    'refuses %j, whose quotes are out of place',
    (text) => {
      expect(() => parseCsv(text)).toThrow('a quote is out of place');
    },
  );
});

describe('runs.csv', () => {
  test('has the agreed columns, and an empty cell for what was not measured', () => {
    expect(writeTable(runsTable, [aRun()])).toBe(`${header}\n${quiet}\n`);
  });

  test('is read as it was written, whatever order its columns are in', () => {
    const rows = [aRun(), notApplicable('naive', 'engine_restarted', 'no engine, of course')];
    const text = writeTable(runsTable, rows);
    expect(readTable(runsTable, text)).toEqual(rows);
    const turned = parseCsv(text).map((cells) => [...cells].reverse());
    expect(readTable(runsTable, formatCsv(turned))).toEqual(rows);
  });

  test.each([
    ['a missing column', header.replace('stuck,', ''), quiet, 'runs.csv has no column stuck'],
    ['a column too many', `${header},more`, `${quiet},1`, 'runs.csv has a column too many: more'],
    ['a column twice', `${header},stuck`, `${quiet},1`, 'a column too many: stuck'],
    ['a row too short', header, 'saga,none', 'runs.csv, row 1: 2 cells where there are 23 columns'],
    ['an unknown arm', header, quiet.replace('saga', 'other'), 'runs.csv, row 1: arm: not one of'],
    ['an unknown fault', header, quiet.replace('none', 'fire'), 'row 1: fault: not one of'],
    ['half an order', header, quiet.replace('yes,0', 'yes,0.5'), 'row 1: stuck: not a count'],
    ['a time below zero', header, quiet.replace('400', '-4'), 'row 1: answer_p50_ms: not a number'],
    [
      'no reason',
      header,
      quiet.replace('yes', 'no'),
      'row 1: applicable: neither "yes" nor "no: "',
    ],
    ['a row twice', header, `${quiet}\n${quiet}`, 'runs.csv, row 2: saga, none, 1 is there twice'],
    ['falling percentiles', header, quiet.replace('900', '9000'), 'a percentile is below a lower'],
  ])('refuses %s by name', (_what, head, body, complaint) => {
    expect(() => readTable(runsTable, `${head}\n${body}\n`)).toThrow(complaint);
  });

  test.each([
    ['more wrong orders than orders', aRun({ wrong: 31 }), 'wrong counts more orders'],
    ['orders that hang and have ended', aRun({ wrong: 16, stuck: 16 }), 'stuck and ended'],
    ['no orders', aRun({ orders: 0 }), 'no order was placed'],
    [
      'figures of a fault that is not there',
      { ...notApplicable('naive', 'engine_restarted', 'no engine'), stuck: 0 },
      'figures of what was not applicable',
    ],
  ])('is not written with %s', (_what, row, complaint) => {
    expect(() => writeTable(runsTable, [row])).toThrow(complaint);
  });
});

describe('effort.csv', () => {
  const row = { arm: 'saga', measure: 'subscriptions', value: 3, how: 'grep -c "on," *' } as const;

  test('says how each figure was counted', () => {
    expect(readTable(effortTable, writeTable(effortTable, [row]))).toEqual([row]);
  });

  test('is not written without', () => {
    expect(() => writeTable(effortTable, [{ ...row, how: ' ' }])).toThrow('how it was counted');
  });
});

describe('conditions.json', () => {
  const { conditions } = inventedComparison;

  test('names what is missing', () => {
    const rest = { ...conditions, commit: undefined };
    expect(() => readConditions(JSON.stringify(rest))).toThrow(/conditions\.json: .*commit/s);
  });

  test('is refused without a seed', () => {
    expect(() => readConditions(JSON.stringify({ ...conditions, seeds: [] }))).toThrow(/seeds/);
  });
});

describe('the folder', () => {
  let path: string;
  let folder: URL;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'comparison-'));
    folder = pathToFileURL(`${path}/`);
  });
  afterAll(() => rm(path, { recursive: true, force: true }));

  test('may be empty, and says which files are not there', async () => {
    const nothing = await readComparison(folder);
    expect(nothing).toEqual({});
    expect(missingFiles(nothing)).toEqual([
      'runs.csv',
      'cost.csv',
      'effort.csv',
      'conditions.json',
    ]);
  });

  test('gives back what was written into it, and is the same when that is written again', async () => {
    await writeComparison(folder, inventedComparison);
    const read = await readComparison(folder);
    expect(read.conditions).toEqual(inventedComparison.conditions);
    expect(read.runs).toHaveLength(inventedComparison.runs.length);
    expect(missingFiles(read)).toEqual([]);
    const before = await readFile(new URL('runs.csv', folder), 'utf8');
    await writeComparison(folder, read);
    expect(await readFile(new URL('runs.csv', folder), 'utf8')).toBe(before);
  });

  test('is refused when a file is of another run than its conditions', async () => {
    await writeComparison(folder, { runs: [aRun({ seed: 77 })] });
    await expect(readComparison(folder)).rejects.toThrow('Seed 77 is not one of those');
    await writeFile(new URL('runs.csv', folder), 'arm\nsaga\n');
    await expect(readComparison(folder)).rejects.toThrow('runs.csv has no column fault, seed');
  });
});
