import { armNames, type ArmName } from '../data/names.js';
import type { Figure, Line, Panel } from '../questions/answer.js';
import { shown, type Unit } from '../questions/units.js';
import { axisTo, type Axis } from './axis.js';
import { escaped } from './escape.js';
import { markAt } from './marks.js';

const titleHeight = 28;
const rowHeight = 20;
const axisHeight = 26;

/**
 * The panels of a question, one below the other: for each measure the arms, each with its mean and
 * its interval. Across it is laid out in percent, so that text keeps its size on any screen.
 */
export const picture = (title: string, panels: readonly Panel[]): string =>
  panels
    .filter(({ lines }) => lines.length > 0)
    .map((panel) => panelPicture(`${title} ${panel.title}`, panel))
    .join('');

function panelPicture(title: string, { unit, lines }: Panel): string {
  const axis = axisTo(Math.max(0, ...lines.flatMap(greatestOf)));
  const lineHeight = titleHeight + armNames.length * rowHeight;
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
      return `<text class="tick" x="${x}" y="${bottom + 18}">${shown(tick, unit)}</text>`;
    })
    .join('');

function lineAt({ title, figures }: Line, top: number, axis: Axis, unit: Unit): string {
  const rows = armNames.map((arm, index) => {
    const y = top + titleHeight + index * rowHeight + rowHeight / 2;
    const name = `<text class="arm" x="0" y="${y + 4}">${arm}</text>`;
    return name + figureAt(figures[arm], arm, y, axis, unit);
  });
  return `<text class="title" x="0" y="${top + 20}">${escaped(title)}</text>${rows.join('')}`;
}

function figureAt(figure: Figure, arm: ArmName, y: number, axis: Axis, unit: Unit): string {
  switch (figure.kind) {
    case 'measured': {
      const { mean, low, high } = figure.interval;
      const ends = `x1="${percent(axis.at(low))}" x2="${percent(axis.at(high))}"`;
      const interval = `<line class="interval ${arm}" ${ends} y1="${y}" y2="${y}" />`;
      return interval + meanAt(mean, arm, y, axis, unit);
    }
    case 'counted':
      return meanAt(figure.value, arm, y, axis, unit);
    case 'not_applicable':
      return absence('not applicable', y, axis);
    case 'not_measured':
      return absence('not measured', y, axis);
  }
}

const meanAt = (mean: number, arm: ArmName, y: number, axis: Axis, unit: Unit): string =>
  markAt(arm, percent(axis.at(mean)), y) +
  `<text class="figure" x="100%" y="${y + 4}">${shown(mean, unit)}</text>`;

const absence = (words: string, y: number, axis: Axis): string =>
  `<text class="absent" x="${percent(axis.at(0) + 1)}" y="${y + 4}">${words}</text>`;

const greatestOf = ({ figures }: Line): readonly number[] =>
  armNames.flatMap((arm) => {
    const figure = figures[arm];
    if (figure.kind === 'measured') return [figure.interval.high];
    return figure.kind === 'counted' ? [figure.value] : [];
  });

const percent = (value: number): string => `${Number(value.toFixed(2))}%`;
