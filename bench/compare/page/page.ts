import type { Comparison } from '../data/comparison.js';
import { variantNames, variantTitles } from '../data/names.js';
import { answersOf, type Answer } from '../questions/answers.js';
import { boundsOf, conditionsOf, leftOut, listed } from '../questions/figures.js';
import type { Line, Panel } from '../questions/figures.js';
import { isAboveZero, shownFigure } from '../questions/findings.js';
import { verdictOf } from '../questions/verdict.js';
import { escaped, markAlone, picture, style } from './picture.js';

const title = 'Orchestration, choreography or both';

/** A browser that obeys this loads nothing from anywhere. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** One file that needs nothing else: every picture and every word comes from the figures. */
export function comparisonPage(comparison: Comparison, answers = answersOf(comparison)): string {
  const { runs, conditions } = comparison;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${listItems(verdictOf(answers).map(({ style: which, words }) => `<b>${escaped(which)}</b> ${escaped(words)}`))}
<h2>What is compared</h2>
<p>The same orders, under the same faults, judged by the books of the payment provider, the
warehouse and the mail server, never by what an arm says of itself.</p>
${legend()}
<h2>Who loses</h2>
${scoreboard(answers)}
${answers.map(section).join('\n')}
<section id="limits">
<h2>What was left out, and what the figures are worth</h2>
<p>${escaped(boundsOf(runs))}</p>
<p>An interval is where the mean of another run would lie, 95 times in 100, by how much the seeds
differ; for times and costs also by how much faster or slower the machine was from round to round. Arms are compared seed by seed, since a seed has the same faults in every arm,
and one loses when it would in another run as well. A figure without an interval was the same in all
seeds, or was counted. Among many measures some differ by chance.</p>
${listItems(leftOut(runs).map(escaped), '<p>Every arm was put to every fault.</p>')}
<p class="quiet">${escaped(conditionsOf(conditions))}</p>
</section>
<p class="quiet">The figures: <a href="runs.csv">runs</a>, <a href="cost.csv">cost</a>,
<a href="effort.csv">effort</a> and how it was counted, <a href="conditions.json">conditions</a>.</p>
</main>
</body>
</html>
`;
}

const listItems = (items: readonly string[], otherwise = ''): string =>
  items.length === 0 ? otherwise : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

function section(answer: Answer): string {
  const { name, question, reading, panels, findings } = answer;
  const drawn = panels.map((panel) => ({ ...panel, lines: panel.lines.filter(isWorthDrawing) }));
  const found = findings.map(
    ({ measure, words }) => `<b>${escaped(measure)}</b>: ${escaped(words)}`,
  );
  return (
    `<section id="${name}"><h2>${escaped(question)}</h2><p>${escaped(reading)}</p>` +
    listItems(found, '<p class="finding">Not measured.</p>') +
    `<figure>${picture(question, drawn)}<figcaption>The mark is the mean, the bar its 95 % interval; ` +
    `what was counted has no bar.${silence(panels)}</figcaption></figure><details>` +
    `<summary>The same as a table</summary>${panels.map(table).join('')}</details></section>`
  );
}

function table({ title, unit, lines }: Panel): string {
  const rows = lines.map(({ title: measure, figures }) => {
    const cells = variantNames.map((name) => `<td>${shownFigure(figures[name], unit)}</td>`);
    return `<tr><th scope="row">${escaped(measure)}</th>${cells.join('')}</tr>`;
  });
  return tableOf(escaped(title), escaped(title), variantNames, rows);
}

const tableOf = (
  label: string,
  caption: string,
  columns: readonly string[],
  rows: readonly string[],
): string =>
  `<div class="wide" tabindex="0" role="region" aria-label="${label}"><table>` +
  `<caption>${caption}</caption>` +
  `<thead><tr><td></td>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr>` +
  `</thead><tbody>${rows.join('')}</tbody></table></div>`;

/** Rows of nothing but zeros would bury the others; they are named, and stand in the table. */
function silence(panels: readonly Panel[]): string {
  const titles = panels.flatMap(({ lines }) =>
    lines.filter((line, index) => !isWorthDrawing(line, index)).map(({ title }) => title),
  );
  return titles.length === 0
    ? ''
    : ` Not drawn, since no arm has a figure above zero there: ${escaped(listed(titles))}.`;
}

const isWorthDrawing = ({ figures }: Line, index: number): boolean =>
  index === 0 || variantNames.some((name) => isAboveZero(figures[name]));

const legend = (): string =>
  `<dl>${variantNames
    .map((name) => `<dt>${markAlone(name)} ${name}</dt><dd>${escaped(variantTitles[name])}</dd>`)
    .join('')}</dl>`;

function scoreboard(answers: readonly Answer[]): string {
  const rows = answers.flatMap(({ name, question, findings }) => [
    `<tr><th scope="rowgroup" colspan="3"><a href="#${name}">${escaped(question)}</a></th></tr>`,
    ...findings.map(
      ({ measure, loses, best }) =>
        `<tr><th scope="row">${escaped(measure)}</th><td>${loses}</td><td>${best}</td></tr>`,
    ),
  ]);
  return tableOf('Who loses', 'Who loses by which measure', ['loses', 'best'], rows);
}
