import type { VariantName } from '../data/names.js';
import type { Answer } from './answers.js';
import { shown, type Unit } from './figures.js';

/** One sentence: which style, and for what it is right, with the figures that decide. */
export interface Advice {
  readonly style: string;
  readonly words: string;
}

/** What a reader came for. The reasons are those of the construction; every figure is the comparison's. */
export function verdictOf(answers: readonly Answer[]): readonly Advice[] {
  const { wrong, stuck, person, cpu, recovery, files, byHand, services } = figuresIn(answers);
  return [
    {
      style: 'A workflow (saga)',
      words:
        'where steps depend on each other, wait for people, or are compensated in order: of its ' +
        `orders under faults ${wrong('saga')} ended wrongly, ${stuck('saga')} hung and ` +
        `${person('saga')} waited for a person, for ${cpu('saga')} of CPU each.`,
    },
    {
      style: 'Services with outbox and inbox (outbox)',
      words:
        'where each reaction stands alone and no engine shall be operated: ' +
        `${wrong('outbox')} ended wrongly, ${stuck('outbox')} hung and ${person('outbox')} waited ` +
        `for a person, for ${cpu('outbox')} of CPU; killed, they run again after ` +
        `${recovery('outbox')}, and a workflow after ${recovery('saga')}.`,
    },
    {
      style: 'Both (mix)',
      words:
        'where other teams follow the orders, so here by default: what the buyer is promised is a ' +
        `workflow, all others consume its events, for ${cpu('mix')} of CPU.`,
    },
    {
      style: 'Events without outbox and inbox (naive)',
      words: `never: ${wrong('naive')} ended wrongly with nobody notified, and ${stuck('naive')} hung.`,
    },
    {
      style: 'A new step',
      words:
        `took, for a fraud check that was added for real, ${files('saga')} files of code in the ` +
        `workflow (${byHand('saga')} with tests and documents) and ${files('outbox')} in the ` +
        `services (${byHand('outbox')}); processes whose own code changed: ${services('saga')} ` +
        `and ${services('outbox')}.`,
    },
  ];
}

function inWords(value: number, unit: Unit): string {
  if (unit === 'cpu_ms') return `${value.toFixed(0)} ms`;
  return unit === 'percent' && value === 0 ? 'none' : shown(value, unit);
}

type FigureOf = (name: VariantName) => string;

const figuresIn = (answers: readonly Answer[]) => {
  /** @param measure how its line begins; the first line without it */
  const figure =
    (question: string, measure = ''): FigureOf =>
    (name) => {
      const panels = answers.find((answer) => answer.name === question)?.panels ?? [];
      for (const { unit, lines } of panels) {
        const line = lines.find(({ title }) => title.startsWith(measure));
        const found = line?.figures[name];
        if (found?.kind === 'measured') return inWords(found.interval.mean, unit);
        if (found?.kind === 'counted') return inWords(found.value, unit);
      }
      return '(not measured)';
    };
  return {
    wrong: figure('wrong'),
    stuck: figure('stuck'),
    person: figure('person'),
    cpu: figure('cost', 'CPU time'),
    recovery: figure('recovery', 'killed after the commit'),
    files: figure('change', 'files of code'),
    byHand: figure('change', 'files written by hand'),
    services: figure('change', 'services touched'),
  };
};
