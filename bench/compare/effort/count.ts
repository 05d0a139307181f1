import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { serviceNames } from '../../../src/domain/services.js';
import { sumOf } from '../../harness/statistics.js';
import type { Effort } from '../data/comparison.js';
import { effortMeasures, variantNames, type VariantName } from '../data/names.js';
import { linesOfCode, listeningIn, Source } from './source.js';

const operatorPage = 'operator.md';

/** The change that adds the fraud check to a variant, and the folders in which its files are counted. */
const [orchestrated, choreographed] = [
  'fraud-check-orchestrated.patch',
  'fraud-check-choreographed.patch',
];
const changes: Readonly<Record<VariantName, readonly [patch: string, ...folders: string[]]>> = {
  saga: [orchestrated, 'src/'],
  naive: [choreographed, 'src/', 'bench/compare/naive/'],
  outbox: [choreographed, 'src/'],
  mix: [orchestrated, 'src/'],
};

/** @throws Error with the name of an evidence file that is not as it must be */
export function countEffort(root: URL, evidence: URL): readonly Effort[] {
  const source = new Source(root);
  return variantNames.flatMap((name) => {
    const counted = { ...countEvidence(evidence, name), ...countCode(source, name) };
    return effortMeasures.map((measure) => ({ arm: name, measure, ...counted[measure] }));
  });
}

export function countEvidence(evidence: URL, name: VariantName) {
  const textOf = (file: string) => readFileSync(new URL(file, evidence), 'utf8');
  const page = textOf(operatorPage);
  const commands = (title: string, why: string) => ({
    value: readCommands(operatorPage, page, name, title),
    how: `Commands in the block "${title}" for ${name} in docs/compare/evidence/${operatorPage}: ${why}`,
  });
  const [patch, ...folders] = changes[name];
  const text = textOf(patch);
  const paths = pathsIn(patch, text);
  const touched = servicesTouched(paths, text);
  return {
    operator_commands_to_find: commands('Find it', 'which order hangs, what of it, and why.'),
    operator_commands_to_mend: commands(
      'Mend it',
      'the provider never gives this money back, so a person has.',
    ),
    files_touched_for_fraud_check: {
      value: paths.filter((path) => folders.some((folder) => path.startsWith(folder))).length,
      how: `Files below ${folders.join(' and ')} in docs/compare/evidence/${patch}.`,
    },
    services_touched_for_fraud_check: {
      value: touched.length,
      how: `Processes and services whose own code the patch changes, not the code that several link: ${touched.join(', ')}.`,
    },
  };
}

/** @throws Error with the patch's name when a part of it is cut off or mended by hand */
function pathsIn(name: string, text: string): readonly string[] {
  try {
    const options = { input: text, encoding: 'utf8', stdio: 'pipe' } as const;
    const lines = execFileSync('git', ['apply', '--numstat', '-'], options).trim().split('\n');
    return lines.map((line) => line.split('\t')[2] ?? '');
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** Whose code a file is, where it is one process's alone. The rest is linked by several. */
const owners: readonly (readonly [start: string, owner: string])[] = [
  ['src/api/', 'api'],
  ['src/workflows/', 'worker'],
  ['src/workers/worker', 'worker'],
  ['src/workers/relay', 'relay'],
  ['src/relay/', 'relay'],
  ['src/choreography/ending.ts', 'order'],
  ...serviceNames.map((name) => [`src/choreography/${name}.ts`, name] as const),
];

const declaration = /: Service = \{[\s+]+name: '([\w-]+)'/g;

function servicesTouched(paths: readonly string[], text: string): readonly string[] {
  const touched = paths.flatMap((path) =>
    owners.filter(([start]) => path.startsWith(start)).map(([, owner]) => owner),
  );
  const declared = [...text.matchAll(declaration)].map(([, name = '']) => name);
  return [...new Set([...touched, ...declared])].sort();
}

/** The commands in the one shell block below the heading. @throws Error when it is missing */
export function readCommands(name: string, text: string, variant: string, title: string): number {
  const section = sectionsOf(text, '## ').find(([head]) => head.split(', ').includes(variant));
  if (section === undefined) throw new Error(`${name}: no heading for ${variant}`);
  const part = sectionsOf(section[1], '### ').find(([head]) => head === title);
  const [fence, ...others] = (part?.[1] ?? '').matchAll(/^```sh\n(.*?)^```$/gms);
  // One for each line that does not continue the line before.
  const lines = (fence?.[1] ?? '').replace(/\\\n/g, '').split('\n');
  const commands = lines.filter((line) => /^\s*[^\s#]/.test(line)).length;
  if (others.length === 0 && commands > 0) return commands;
  throw new Error(`${name}: "${title}" of ${variant} has to have one shell block with commands`);
}

const sectionsOf = (text: string, mark: string): readonly (readonly [string, string])[] =>
  `\n${text}`
    .split(`\n${mark}`)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return [title.trim(), lines.join('\n')];
    });

const messages = "signals and updates that an order's workflow takes";
const reactions = 'events that each service reacts to, "order" to all of them';
const known = 'of the events that each service reacts to or remembers, by the event catalogue';

const handled: Readonly<Record<VariantName, readonly [messages: string, fields: string]>> = {
  saga: [messages, 'of these signals and updates'],
  naive: [reactions, known],
  outbox: [reactions, known],
  mix: [
    `${messages}, and events that each team's code names`,
    'of these signals and updates, and of the events that each team names',
  ],
};

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
    source.reachedFrom(['bench/compare/naive/services-main.ts'], (path) =>
      /^(bench\/compare\/naive\/|src\/choreography\/|src\/db\/choreography\.ts$)/.test(path),
    ),
  how: 'bench/compare/naive and what it reaches of src/choreography and src/db/choreography.ts',
};

const codeOf: Readonly<Record<VariantName, readonly Code[]>> = {
  saga: [workflow],
  naive: [naive],
  outbox: [choreography, events],
  mix: [workflow, events],
};

function countCode(source: Source, name: VariantName) {
  const { subscriptions, fields } = listeningIn(source, name);
  const [taken, understood] = handled[name];
  const files = new Set(codeOf[name].flatMap((code) => code.files(source)));
  const lines = [...files].map((path) => linesOfCode(source.read(path)));
  const parts = codeOf[name].map(({ how }) => how).join('; ');
  return {
    subscriptions: { value: subscriptions, how: `The ${taken}, added up.` },
    payload_fields: {
      value: fields,
      how: `The members ${understood}, without the members inside of them, added up.`,
    },
    lines_of_code: {
      value: sumOf(lines),
      how: `Lines that are neither empty nor only a remark: ${parts}.`,
    },
  };
}
