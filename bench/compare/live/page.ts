import { variantNames, type VariantName } from '../data/names.js';
import { markAlone, style } from '../page/picture.js';
import { figures } from './board.js';
import { restMs } from './payment-process.js';

export const placeEveryMs = 2_000;

const title = 'Four ways to carry an order, live';

const subtitles: Readonly<Record<VariantName, string>> = {
  saga: 'a Temporal workflow leads each order',
  naive: 'events, and nothing keeps them safe',
  outbox: 'events, with outbox and inbox',
  mix: 'a workflow leads, others listen',
};

const meanings: Readonly<Record<string, string>> = {
  stuck:
    'neither ended nor waiting for a person, and without a new fact for longer than the variant ever waits.',
  wrong:
    'ended, and the ledgers of payment provider, carrier, mail server, warehouse and points say otherwise: charged but cancelled, charged twice, sent unpaid and the like. Compared when the order has come to rest.',
  'paying again after':
    'from the kill until the first payment that was carried out since; the pause before the new start is part of it.',
};

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
${variantNames.map(card).join('\n')}
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

const card = (name: VariantName): string =>
  `<section class="arm-card ${name}" aria-labelledby="${name}-title">` +
  `<h2 id="${name}-title">${markAlone(name)} ${name}` +
  `<span class="process">payment <span id="${name}-process">running</span></span></h2>` +
  `<p class="quiet">${subtitles[name]}</p><dl>` +
  Object.entries(figures)
    .map(
      ([figure, [label]]) =>
        `<div class="figure ${figure}"><dt>${label}</dt><dd id="${name}-${figure}" data-value="0">0</dd></div>`,
    )
    .join('') +
  '</dl></section>';

/** The look of the comparison's page, as wide as four variants need. */
export const liveStyle = `${style}
:root { --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; } }
main { max-width: 80rem; }
h1 { margin: 0 0 0.5rem; }
p { margin: 0.5rem 0; }
.controls {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px;
  padding: 8px 0; background: var(--ground);
}
button {
  flex: 1 1 9rem; max-width: 20rem; min-height: 44px; padding: 8px 14px; border: 2px solid var(--ink);
  border-radius: 6px; background: var(--ground); color: var(--ink); font: inherit; font-weight: 600;
  cursor: pointer;
}
#kill { background: var(--bad); border-color: var(--bad); color: var(--ground); }
button[aria-disabled='true'] { opacity: 0.5; cursor: not-allowed; }
button:focus-visible { outline: 3px solid var(--saga); outline-offset: 2px; }
#notice { min-height: 3em; }
.arms { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 12px; }
.arm-card { border: 1px solid var(--rule); border-top: 4px solid var(--arm); border-radius: 6px; padding: 10px 12px; }
.arm-card h2 { margin: 0; display: flex; align-items: center; gap: 6px; }
.arm-card .process { margin-left: auto; font-size: 0.875rem; font-weight: 400; color: var(--quiet); }
.process [data-value='killed'] { color: var(--bad); font-weight: 700; }
.arm-card dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px 8px; margin: 0.5rem 0 0; }
.figure { display: flex; flex-direction: column-reverse; justify-content: flex-end; min-width: 0; overflow-wrap: normal; }
.figure dt { font-weight: 400; font-size: 0.75rem; line-height: 1.25; color: var(--quiet); }
.figure dd { margin: 0; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure.stuck dd:not([data-value='0']), .figure.wrong dd:not([data-value='0']) { color: var(--bad); font-weight: 700; }
.figure.recovery, .figure.event { grid-column: 1 / -1; flex-direction: row; justify-content: space-between; align-items: baseline; gap: 8px; }
.figure.recovery dd, .figure.event dd { font-size: 1rem; text-align: right; }
#kill { flex-grow: 2; }
details dl { margin: 0; }
`;

export const script = `'use strict';
const byId = (id) => document.getElementById(id);
const kill = byId('kill');
const placing = byId('placing');

function show(id, text) {
  const place = byId(id);
  if (place === null || place.textContent === text) return;
  place.textContent = text;
  place.dataset.value = text;
}

function draw({ texts, isKilling, isPlacing }) {
  for (const [id, text] of Object.entries(texts)) show(id, text);
  kill.setAttribute('aria-disabled', String(isKilling));
  placing.dataset.path = isPlacing ? '/stop-placing' : '/go-on';
  show('placing', isPlacing ? 'Stop placing orders' : 'Go on placing orders');
}

async function press(path) {
  const response = await fetch(path, { method: 'POST' });
  if (response.ok) draw(await response.json());
}

const lost = () => show('notice', 'The connection is lost: the live mode has ended, or is away.');

kill.addEventListener('click', () => {
  if (kill.getAttribute('aria-disabled') !== 'true') press('/kill').catch(lost);
});
placing.addEventListener('click', () => press(placing.dataset.path).catch(lost));

const stream = new EventSource('/events');
stream.addEventListener('picture', ({ data }) => draw(JSON.parse(data)));
stream.addEventListener('error', lost);
`;
