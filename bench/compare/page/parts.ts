import { armNames } from '../data/names.js';
import type { Answer, Finding, Line, Panel } from '../questions/answer.js';
import { isAboveZero, listed, shownFigure } from '../questions/findings.js';
import { escaped } from './escape.js';
import { markAlone } from './marks.js';
import { picture } from './picture.js';

/** One question: who loses in words, the picture, and the same as a table. */
export function section(answer: Answer): string {
  const { name, question, reading, panels, findings, notes = [] } = answer;
  const drawn = panels.map((panel) => ({ ...panel, lines: panel.lines.filter(isWorthDrawing) }));
  return (
    `<section id="${name}"><h2>${escaped(question)}</h2><p>${escaped(reading)}</p>` +
    `${findingList(findings)}${noteList(notes)}<figure>${picture(question, drawn)}` +
    `<figcaption>${legendOf(panels)}${silence(panels)}</figcaption></figure>` +
    `<details><summary>The same as a table</summary>${panels.map(table).join('')}` +
    `${waysOfCounting(panels)}</details></section>`
  );
}

const findingList = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? '<p class="finding">Not measured.</p>'
    : `<ul>${findings.map(({ measure, words }) => `<li><b>${escaped(measure)}</b>: ${escaped(words)}</li>`).join('')}</ul>`;

const noteList = (notes: readonly string[]): string =>
  notes.length === 0
    ? ''
    : `<p>Where it happened:</p><ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`;

const legendOf = (panels: readonly Panel[]): string =>
  figuresIn(panels).some(({ figure }) => figure.kind === 'counted')
    ? 'The mark is the count.'
    : 'The mark is the mean, the bar its 95 % interval.';

function table({ title, unit, lines }: Panel): string {
  const head = armNames.map((arm) => `<th scope="col">${arm}</th>`).join('');
  const row = ({ title: measure, figures }: Line) =>
    `<tr><th scope="row">${escaped(measure)}</th>` +
    `${armNames.map((arm) => `<td>${shownFigure(figures[arm], unit)}</td>`).join('')}</tr>`;
  return (
    `<div class="wide" tabindex="0" role="region" aria-label="${escaped(title)}"><table>` +
    `<caption>${escaped(title)}</caption>` +
    `<thead><tr><td></td>${head}</tr></thead><tbody>${lines.map(row).join('')}</tbody></table></div>`
  );
}

function waysOfCounting(panels: readonly Panel[]): string {
  const ways = figuresIn(panels).flatMap(({ title, arm, figure }) =>
    figure.kind === 'counted' ? [`<li>${escaped(title)}, ${arm}: ${escaped(figure.how)}</li>`] : [],
  );
  return ways.length === 0 ? '' : `<h3>How it was counted</h3><ul>${ways.join('')}</ul>`;
}

const figuresIn = (panels: readonly Panel[]) =>
  panels.flatMap(({ lines }) =>
    lines.flatMap(({ title, figures }) =>
      armNames.map((arm) => ({ title, arm, figure: figures[arm] })),
    ),
  );

/** Rows of nothing but zeros would bury the others; they are named, and stand in the table. */
function silence(panels: readonly Panel[]): string {
  const titles = panels.flatMap(({ lines }) =>
    lines.filter((line, index) => !isWorthDrawing(line, index)).map(({ title }) => title),
  );
  return titles.length === 0
    ? ''
    : ` Not drawn, since no arm has a figure above zero there: ${escaped(listed(titles))}.`;
}

function isWorthDrawing({ figures }: Line, index: number): boolean {
  if (index === 0) return true;
  return armNames.some((arm) => isAboveZero(figures[arm]));
}

/** The arms with their marks, for the head of the page. */
export const legend = (titles: Readonly<Record<string, string>>): string =>
  `<dl>${armNames
    .map((arm) => `<dt>${markAlone(arm)} ${arm}</dt><dd>${escaped(titles[arm] ?? '')}</dd>`)
    .join('')}</dl>`;

/** All measures at a glance. */
export function scoreboard(answers: readonly Answer[]): string {
  const rows = answers.flatMap(({ name, question, findings }) => [
    `<tr><th scope="rowgroup" colspan="3"><a href="#${name}">${escaped(question)}</a></th></tr>`,
    ...findings.map(
      ({ measure, loses, best }) =>
        `<tr><th scope="row">${escaped(measure)}</th><td>${loses}</td><td>${best}</td></tr>`,
    ),
  ]);
  return (
    '<div class="wide" tabindex="0" role="region" aria-label="Who loses"><table>' +
    '<caption>Who loses by which measure</caption><thead><tr><td></td>' +
    '<th scope="col">loses</th><th scope="col">best</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}
