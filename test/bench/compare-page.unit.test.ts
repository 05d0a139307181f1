import { describe, expect, test } from 'vitest';
import { axisTo } from '../../bench/compare/page/picture.js';
import { comparisonPage } from '../../bench/compare/page/page.js';
import { answersOf } from '../../bench/compare/questions/answers.js';
import { aRun, inventedComparison, notApplicable, withRun } from './invented-comparison.js';

const page = comparisonPage(inventedComparison);
const sectionOf = (html: string, name: string) =>
  new RegExp(`<section id="${name}">.*?</section>`, 's').exec(html)![0];

describe('the page', () => {
  test('has a picture and a table for each question, and says who loses', () => {
    for (const { name } of answersOf(inventedComparison)) {
      const section = sectionOf(page, name);
      expect(section, name).toContain('<svg class="picture" role="img" aria-label="');
      expect(section, name).toContain('<th scope="row">');
      expect(section, name).toMatch(/ loses with | lose: |No arm (clearly )?loses/);
    }
  });

  test('asks for nothing from outside', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/https?:|\/\/|@import|url\(|<script|<img|<iframe|\bsrc=/);
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !/^(#\w+|data:,|\w+\.(csv|json))$/.test(target))).toEqual([]);
  });

  test('shows text of the files as text', () => {
    const evil = '<script>alert("1")</script>';
    const { effort } = inventedComparison;
    const html = comparisonPage({
      ...withRun(notApplicable('saga', 'event_lost', evil)),
      effort: effort.map((row) => ({ ...row, how: evil })),
      conditions: { ...inventedComparison.conditions, timeScale: evil, commit: '"><img>' },
    });
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });

  test('draws intervals, and in the table gives their ends', () => {
    const section = sectionOf(page, 'wrong');
    expect(section).toMatch(/<line class="interval naive" x1="[\d.]+%" x2="[\d.]+%"/);
    expect(section).toMatch(/<td>\d+\.\d % \(\d+\.\d to \d+\.\d %\)<\/td>/);
  });

  test('draws no interval of what was counted, and says how it was', () => {
    const section = sectionOf(page, 'mend');
    expect(section).not.toContain('class="interval');
    expect(section).toContain('The mark is the count.');
    expect(section).toContain('commands to find it, mix: counted in mix');
  });

  test('says of a row of zeros that it is not drawn, and keeps it in the table', () => {
    const section = sectionOf(page, 'wrong');
    expect(section).toMatch(/Not drawn, .*: nothing goes wrong and the engine restarts\./);
    expect(section).toContain('<th scope="row">nothing goes wrong</th>');
    expect(section).not.toMatch(/class="title"[^>]*>nothing goes wrong</);
  });

  test('says what was not applicable, and why', () => {
    expect(sectionOf(page, 'wrong')).toContain('<td>not applicable</td>');
    expect(sectionOf(page, 'limits')).toContain('outbox, the engine restarts: there is no engine');
  });

  test('does not draw what was not measured', () => {
    const runs = [aRun(), aRun({ arm: 'mix' })];
    const section = sectionOf(comparisonPage({ ...inventedComparison, runs }), 'recovery');
    expect(section).not.toContain('<svg class="picture"');
    expect(section).toContain('Not measured.');
  });
});

describe('an axis', () => {
  test.each([
    [0, [0, 1, 2]],
    [100, [0, 50, 100]],
    [13.3, [0, 8, 16]],
    [1.3, [0, 0.8, 1.6]],
    [7_150, [0, 4_000, 8_000]],
    [0.6, [0, 0.3, 0.6]],
  ])('to %d begins at zero and ends at a round number', (greatest, ticks) => {
    expect(axisTo(greatest).ticks).toEqual(ticks);
  });

  test('leaves nothing outside', () => {
    const axis = axisTo(13.3);
    expect(axis.ticks.map((tick) => axis.at(tick))).toEqual([20, 48, 76]);
    expect(axis.at(13.3)).toBeLessThan(76);
  });
});
