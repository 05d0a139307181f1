import type { VariantName } from '../data/names.js';
import { linesOfCode, type Source } from './source.js';

interface Code {
  readonly files: (source: Source) => readonly string[];
  readonly how: string;
}

/** Returns are left out: they are no orders. */
const workflow: Code = {
  files: (source) => [
    ...source.reachedFrom(['src/workflows/order.ts'], (path) => path.startsWith('src/workflows/')),
    'src/workers/worker.ts',
    'src/workers/worker-main.ts',
    'src/db/order-start.ts',
  ],
  how: 'what src/workflows/order.ts reaches in src/workflows, its process (worker*.ts) and src/db/order-start.ts',
};

const choreography: Code = {
  files: (source) => [
    ...source.filesIn('src/choreography'),
    'src/workers/services.ts',
    'src/workers/services-main.ts',
    'src/db/choreography.ts',
  ],
  how: 'src/choreography, its process (services*.ts) and src/db/choreography.ts',
};

/** The catalogue is left out: the timeline and its pages are made by it as well. */
const events: Code = {
  files: (source) =>
    source.reachedFrom(
      ['src/events/publisher.ts', 'src/events/consumer-runner.ts'],
      (path) => path.startsWith('src/events/') && !path.startsWith('src/events/catalogue/'),
    ),
  how: 'what publishes and hands out events (what publisher.ts and consumer-runner.ts reach in src/events without the catalogue)',
};

const naive: Code = {
  files: (source) =>
    source.reachedFrom(
      ['bench/compare/naive/services-main.ts'],
      (path) =>
        /^(bench\/compare\/naive|src\/choreography)\//.test(path) ||
        path === 'src/db/choreography.ts',
    ),
  how: 'bench/compare/naive and what it reaches of src/choreography and src/db/choreography.ts',
};

const codeOf: Readonly<Record<VariantName, readonly Code[]>> = {
  saga: [workflow],
  naive: [naive],
  outbox: [choreography, events],
  mix: [workflow, events],
};

/** The lines that are there for a variant's way to carry orders; what all variants share is not counted. */
export function codeFor(
  source: Source,
  name: VariantName,
): { readonly value: number; readonly how: string } {
  const files = new Set(codeOf[name].flatMap(({ files: filesOf }) => filesOf(source)));
  const lines = [...files].map((path) => linesOfCode(source.parse(path)));
  const parts = codeOf[name].map(({ how }) => how).join('; ');
  return {
    value: lines.reduce((sum, count) => sum + count, 0),
    how: `Lines that are neither empty nor only a remark: ${parts}.`,
  };
}
