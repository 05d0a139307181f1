import type { Comparison } from '../data/comparison.js';
import { answersOf } from '../questions/answers.js';
import { boundsOf, conditionsOf, leftOut } from '../questions/circumstances.js';
import { armTitles } from '../questions/titles.js';
import { escaped } from './escape.js';
import { legend, scoreboard, section } from './parts.js';
import { style } from './style.js';

const title = 'Orchestration, choreography or both';

/** A browser that obeys this loads nothing from anywhere. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** One file that needs nothing else: every picture and every word comes from the figures. */
export function comparisonPage(comparison: Comparison): string {
  const { runs, conditions } = comparison;
  const answers = answersOf(comparison);
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
<p>The same orders, under the same faults, judged by the books of the payment provider, the
warehouse and the mail server, never by what an arm says of itself.</p>
<p class="quiet">${escaped(conditionsOf(conditions))}</p>
${legend(armTitles)}
<h2>Who loses</h2>
${scoreboard(answers)}
${answers.map(section).join('\n')}
<section id="limits">
<h2>What was left out, and what the figures are worth</h2>
<p>${escaped(boundsOf(runs))}</p>
<p>An interval is where the mean of another run would lie, 95 times in 100: a bootstrap over
seeds, which for times and costs also takes into account how much faster or slower the machine was
from round to round. Arms are compared seed by seed, since a seed has the same faults in every arm,
and one loses when it would in another run as well. A figure without an interval was the same in all
seeds, or was counted. Among many measures some differ by chance.</p>
${list(leftOut(runs))}
</section>
<p class="quiet">The figures: <a href="runs.csv">runs</a>, <a href="cost.csv">cost</a>,
<a href="effort.csv">effort</a>, <a href="conditions.json">conditions</a>.</p>
</main>
</body>
</html>
`;
}

const list = (items: readonly string[]): string =>
  items.length === 0
    ? '<p>Every arm was put to every fault.</p>'
    : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
