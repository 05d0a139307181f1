import { armNames, type ArmName } from '../../data/names.js';
import { markAlone } from '../../page/marks.js';
import { figures } from '../board.js';
import { restMs } from '../payer.js';
import { placeEveryMs } from '../placing.js';

const title = 'Four ways to carry an order, live';

const subtitles: Readonly<Record<ArmName, string>> = {
  saga: 'a Temporal workflow leads each order',
  naive: 'events, and nothing keeps them safe',
  outbox: 'events, with outbox and inbox',
  mix: 'a workflow leads, others listen',
};

const meanings: Readonly<Record<string, string>> = {
  stuck:
    'neither ended nor waiting for a person, and nothing was heard of it for longer than the arm ever waits.',
  wrong:
    'ended, and the books of payment provider, carrier, mail server, warehouse and points say otherwise: charged but cancelled, charged twice, sent unpaid and the like. Judged when the order has come to rest.',
  'paying again after':
    'from the kill until the first payment that somebody has carried out since; the pause before the new start is part of it.',
};

/** Loads its script and its style from where it comes from, and nothing else. */
export const livePage = (): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/live.css">
<title>${title}</title>
<script src="/live.js" defer></script>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="quiet">Every ${placeEveryMs / 1_000} s the same order goes to all four. The button kills (SIGKILL), in all
of them at the same moment, the process that carries out payments; it starts again after ${restMs / 1_000} s.</p>
<div class="controls">
<button type="button" id="kill">Kill the payment service</button>
<button type="button" id="placing" data-path="/stop-placing">Stop placing orders</button>
</div>
<p id="notice" role="status" aria-live="polite">Connecting …</p>
<noscript><p>The figures come by a script.</p></noscript>
<div class="arms">
${armNames.map(card).join('\n')}
</div>
<details><summary>What the figures mean</summary><dl>
${Object.entries(meanings)
  .map(([word, meaning]) => `<dt>${word}</dt><dd>${meaning}</dd>`)
  .join('\n')}
</dl></details>
</main>
</body>
</html>
`;

const card = (arm: ArmName): string =>
  `<section class="arm-card ${arm}" aria-labelledby="${arm}-title">` +
  `<h2 id="${arm}-title">${markAlone(arm)} ${arm}` +
  `<span class="process">payment <span id="${arm}-process">running</span></span></h2>` +
  `<p class="quiet">${subtitles[arm]}</p><dl>` +
  Object.entries(figures)
    .map(
      ([name, [label]]) =>
        `<div class="figure ${name}"><dt>${label}</dt><dd id="${arm}-${name}" data-value="0">0</dd></div>`,
    )
    .join('') +
  '</dl></section>';
