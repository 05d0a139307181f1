import { variantNames, type VariantName } from '../data/names.js';
import { shown, type Figure, type Line, type Panel, type Unit } from '../questions/figures.js';

const titleHeight = 28;
const rowHeight = 20;
const axisHeight = 26;

/** Across it is laid out in percent, so that text keeps its size on any screen. */
export const picture = (title: string, panels: readonly Panel[]): string =>
  panels
    .filter(({ lines }) => lines.length > 0)
    .map((panel) => panelPicture(`${title} ${panel.title}`, panel))
    .join('');

function panelPicture(title: string, { unit, lines }: Panel): string {
  const axis = axisTo(Math.max(0, ...lines.flatMap(greatestOf)));
  const lineHeight = titleHeight + variantNames.length * rowHeight;
  const bottom = lines.length * lineHeight;
  const body = lines
    .map((line, index) => {
      const top = index * lineHeight;
      return grid(axis, top + titleHeight, top + lineHeight) + lineAt(line, top, axis, unit);
    })
    .join('');
  return (
    `<svg class="picture" role="img" aria-label="${escaped(title)}" width="100%" ` +
    `height="${bottom + axisHeight}">${body}${ticks(axis, unit, bottom)}</svg>`
  );
}

const grid = (axis: Axis, top: number, bottom: number): string =>
  axis.ticks
    .map((tick) => percent(axis.at(tick)))
    .map((x) => `<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" />`)
    .join('');

const ticks = (axis: Axis, unit: Unit, bottom: number): string =>
  axis.ticks
    .map((tick) => {
      const x = percent(axis.at(tick));
      return `<text class="tick" x="${x}" y="${bottom + 18}">${shown(tick, unit, axis.ticks.at(-1))}</text>`;
    })
    .join('');

function lineAt({ title, figures }: Line, top: number, axis: Axis, unit: Unit): string {
  const rows = variantNames.map((name, index) => {
    const y = top + titleHeight + index * rowHeight + rowHeight / 2;
    const label = `<text class="arm" x="0" y="${y + 4}">${name}</text>`;
    return label + figureAt(figures[name], name, y, axis, unit);
  });
  return `<text class="title" x="0" y="${top + 20}">${escaped(title)}</text>${rows.join('')}`;
}

function figureAt(figure: Figure, name: VariantName, y: number, axis: Axis, unit: Unit): string {
  switch (figure.kind) {
    case 'measured': {
      const { mean, low, high } = figure.interval;
      const ends = `x1="${percent(axis.at(low))}" x2="${percent(axis.at(high))}"`;
      const interval = `<line class="interval ${name}" ${ends} y1="${y}" y2="${y}" />`;
      return interval + meanAt(mean, name, y, axis, unit);
    }
    case 'counted':
      return meanAt(figure.value, name, y, axis, unit);
    case 'not_applicable':
      return absence('not applicable', y, axis);
    case 'not_measured':
      return absence('not measured', y, axis);
  }
}

const meanAt = (mean: number, name: VariantName, y: number, axis: Axis, unit: Unit): string =>
  markAt(name, percent(axis.at(mean)), y) +
  `<text class="figure" x="100%" y="${y + 4}">${shown(mean, unit)}</text>`;

const absence = (words: string, y: number, axis: Axis): string =>
  `<text class="absent" x="${percent(axis.at(0) + 1)}" y="${y + 4}">${words}</text>`;

const greatestOf = ({ figures }: Line): readonly number[] =>
  variantNames.flatMap((name) => {
    const figure = figures[name];
    if (figure.kind === 'measured') return [figure.interval.high];
    return figure.kind === 'counted' ? [figure.value] : [];
  });

const percent = (value: number): string => `${Number(value.toFixed(2))}%`;

/** Where values lie in a picture that is as wide as the page allows: in percent of its width. */
interface Axis {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

/** Between them lies the axis; left of it stands the name, right of it the figure. */
const left = 20;
const right = 76;

export function axisTo(greatest: number): Axis {
  const step = roundUp(greatest / 2);
  const end = 2 * step;
  return {
    ticks: [0, step, end],
    at: (value) => left + (Math.min(value, end) / end) * (right - left),
  };
}

const roundSteps = [1, 2, 3, 4, 5, 6, 8, 10];

function roundUp(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = roundSteps.find((candidate) => candidate * magnitude >= value * (1 - 1e-9));
  // Without the digits that binary fractions leave behind.
  return Number(((step ?? 10) * magnitude).toPrecision(3));
}

/** A variant is recognized by its form as well as by its colour. */
const forms: Readonly<Record<VariantName, string>> = {
  saga: '<circle r="5" />',
  naive: '<path d="M0 -6 L6 5 L-6 5 Z" />',
  outbox: '<path d="M-5 -5 H5 V5 H-5 Z" />',
  mix: '<path d="M0 -7 L7 0 L0 7 L-7 0 Z" />',
};

const markAt = (name: VariantName, x: string, y: number): string =>
  `<svg class="mark ${name}" x="${x}" y="${y}" width="1" height="1" overflow="visible">${forms[name]}</svg>`;

export const markAlone = (name: VariantName): string =>
  `<svg class="mark ${name}" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${forms[name]}</svg>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A figure stays on one line with its unit. */
export const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/(\d) (?=(?:%|ms|s|KiB|points)(?!\w))/g, '$1&nbsp;');

/** Colours that are told apart also by those who see no red or no green, on either ground. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1b1f24; --quiet: #59636e; --rule: #d1d9e0;
  --saga: #0072b2; --naive: #c04a00; --outbox: #00795a; --mix: #9a3a8c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --ink: #e6ebf0; --quiet: #9aa5b1; --rule: #38424d;
    --saga: #56b4e9; --naive: #f0965a; --outbox: #3ccfa4; --mix: #e39ac6;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 47rem; margin: 0 auto; padding: 16px; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1rem; }
a { color: inherit; }
ul { padding-left: 1.2rem; }
figure { margin: 1rem 0; }
figcaption, .quiet { color: var(--quiet); font-size: 0.875rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem 1.4rem; }
summary { cursor: pointer; padding: 8px 0; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: 0.875rem; }
caption { text-align: left; padding: 8px 0; color: var(--quiet); }
th, td { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th[scope='row'] { font-weight: 400; min-width: 7rem; }
td { font-variant-numeric: tabular-nums; }
.picture { display: block; margin: 0.5rem 0; overflow: visible; }
.picture text { fill: var(--ink); font-size: 13px; }
.picture .title { font-weight: 600; }
.picture .figure { text-anchor: end; font-variant-numeric: tabular-nums; }
.picture .tick { text-anchor: middle; fill: var(--quiet); font-size: 12px; }
.picture .absent { fill: var(--quiet); font-style: italic; }
.grid { stroke: var(--rule); }
.interval { stroke-width: 4; stroke-linecap: round; opacity: 0.55; }
.saga { --arm: var(--saga); } .naive { --arm: var(--naive); }
.outbox { --arm: var(--outbox); } .mix { --arm: var(--mix); }
.mark { fill: var(--arm); vertical-align: middle; }
.interval { stroke: var(--arm); }
`;
