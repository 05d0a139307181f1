import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { serviceNames } from '../../../src/domain/services.js';
import type { Effort } from '../data/comparison.js';
import {
  effortMeasures,
  variantNames,
  type EffortMeasure,
  type VariantName,
} from '../data/names.js';
import { codeFor } from './code.js';
import { listeningIn } from './listening.js';
import { Source } from './source.js';

const operatorPage = 'operator.md';

/** The change that adds the fraud check to a variant, and the folders in which its files are counted. */
const changes: Readonly<
  Record<VariantName, { readonly patch: string; readonly folders: string[] }>
> = {
  saga: { patch: 'fraud-check-orchestrated.patch', folders: ['src/'] },
  naive: {
    patch: 'fraud-check-choreographed.patch',
    folders: ['src/', 'bench/compare/naive/'],
  },
  outbox: { patch: 'fraud-check-choreographed.patch', folders: ['src/'] },
  mix: { patch: 'fraud-check-orchestrated.patch', folders: ['src/'] },
};

type Counted = Pick<Effort, 'value' | 'how'>;

/**
 * Counts what each variant asks of people.
 * @param root of the repository
 * @param evidence the folder with the two patches and the operator's page
 * @throws Error with the name of an evidence file that is not as it must be
 */
export function countEffort(root: URL, evidence: URL): readonly Effort[] {
  const source = new Source(root);
  const textOf = (name: string) => readFileSync(new URL(name, evidence), 'utf8');
  return variantNames.flatMap((name) => {
    const counted: Readonly<Record<EffortMeasure, Counted>> = {
      ...operatorRows(textOf(operatorPage), name),
      ...fraudCheckRows(textOf(changes[name].patch), name),
      ...listeningRows(source, name),
      lines_of_code: codeFor(source, name),
    };
    return effortMeasures.map((measure) => ({ arm: name, measure, ...counted[measure] }));
  });
}

function operatorRows(page: string, name: VariantName) {
  const commands = readCommands(operatorPage, page, name);
  const block = (title: string) =>
    `Commands in the block "${title}" for ${name} in docs/compare/evidence/${operatorPage}`;
  return {
    operator_commands_to_find: {
      value: commands.operator_commands_to_find,
      how: `${block('Find it')}: which order hangs, what of it, and why.`,
    },
    operator_commands_to_mend: {
      value: commands.operator_commands_to_mend,
      how: `${block('Mend it')}: the provider never gives this money back, so a person has.`,
    },
  };
}

function fraudCheckRows(text: string, variant: VariantName) {
  const { patch: name, folders } = changes[variant];
  const paths = pathsIn(name, text);
  const touched = servicesTouched(paths, text);
  return {
    files_touched_for_fraud_check: {
      value: paths.filter((path) => folders.some((folder) => path.startsWith(folder))).length,
      how: `Files below ${folders.join(' and ')} in docs/compare/evidence/${name}.`,
    },
    services_touched_for_fraud_check: {
      value: touched.length,
      how: `Processes and services whose own code the patch changes, not the code that several link: ${touched.join(', ')}.`,
    },
  };
}

const handled: Readonly<Record<VariantName, string>> = {
  saga: "signals and updates that an order's workflow takes",
  naive: 'events that each service reacts to, "order" to all of them',
  outbox: 'events that each service reacts to, "order" to all of them',
  mix: "signals and updates that an order's workflow takes, and events that each team's code names",
};

const fields: Readonly<Record<VariantName, string>> = {
  saga: 'of these signals and updates',
  naive: 'of the events that each service reacts to or remembers, by the event catalogue',
  outbox: 'of the events that each service reacts to or remembers, by the event catalogue',
  mix: 'of these signals and updates, and of the events that each team names',
};

function listeningRows(source: Source, name: VariantName) {
  const listening = listeningIn(source, name);
  return {
    subscriptions: { value: listening.subscriptions, how: `The ${handled[name]}, added up.` },
    payload_fields: {
      value: listening.fields,
      how: `The members ${fields[name]}, without the members inside of them, added up.`,
    },
  };
}

/**
 * The files that a patch changes, as `git diff` writes it.
 * @throws Error with the patch's name when it is no patch, or a part of it is cut off or mended by hand
 */
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

/** The processes, and the services of choreographed orders, whose own code a patch changes. */
function servicesTouched(paths: readonly string[], text: string): readonly string[] {
  const touched = paths.flatMap((path) =>
    owners.filter(([start]) => path.startsWith(start)).map(([, owner]) => owner),
  );
  const declared = [...text.matchAll(declaration)].map(([, name = '']) => name);
  return [...new Set([...touched, ...declared])].sort();
}

type Block = Extract<EffortMeasure, `operator_${string}`>;

export type Commands = Readonly<Record<Block, number>>;

const headings: Readonly<Record<Block, string>> = {
  operator_commands_to_find: 'Find it',
  operator_commands_to_mend: 'Mend it',
};

/**
 * Counts the commands of a variant: those in the one shell block below each of its two headings.
 * @param name of the page, for the error
 * @throws Error when a heading or its block is missing
 */
export function readCommands(name: string, text: string, variant: string): Commands {
  const section = sectionsOf(text, '## ').find(({ title }) => title.split(', ').includes(variant));
  if (section === undefined) throw new Error(`${name}: no heading for ${variant}`);
  const countOf = (block: Block): number => {
    const title = headings[block];
    const part = sectionsOf(section.text, '### ').find((one) => one.title === title);
    const [fence, ...others] = (part?.text ?? '').matchAll(/^```sh\n(.*?)^```$/gms);
    const count = commandsIn(fence?.[1] ?? '');
    if (others.length > 0 || count === 0) {
      throw new Error(
        `${name}: "${title}" of ${variant} has to have one shell block with commands`,
      );
    }
    return count;
  };
  return {
    operator_commands_to_find: countOf('operator_commands_to_find'),
    operator_commands_to_mend: countOf('operator_commands_to_mend'),
  };
}

interface Section {
  readonly title: string;
  readonly text: string;
}

const sectionsOf = (text: string, mark: string): readonly Section[] =>
  `\n${text}`
    .split(`\n${mark}`)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return { title: title.trim(), text: lines.join('\n') };
    });

/** One for each line that does not go on from the line before. */
const commandsIn = (block: string): number =>
  block
    .replace(/\\\n/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#')).length;
