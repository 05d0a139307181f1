import { readFileSync } from 'node:fs';
import type { Effort } from '../data/effort.js';
import { armNames, effortMeasures, type ArmName, type EffortMeasure } from '../data/names.js';
import { codeFor } from './code.js';
import { readCommands } from './operator.js';
import { readPatch } from './patch.js';
import { Source } from './source.js';
import { listeningIn } from './subscriptions.js';
import { filesTouched, servicesTouched } from './touched.js';

const operatorPage = 'operator.md';

/** The change that adds the fraud check to an arm, and the folders in which its files are counted. */
const changes: Readonly<Record<ArmName, { readonly patch: string; readonly folders: string[] }>> = {
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
 * Counts what each arm asks of people.
 * @param root of the repository
 * @param evidence the folder with the two patches and the operator's page
 * @throws Error with the name of an evidence file that is not as it must be
 */
export function countEffort(root: URL, evidence: URL): readonly Effort[] {
  const source = new Source(root);
  const textOf = (name: string) => readFileSync(new URL(name, evidence), 'utf8');
  return armNames.flatMap((arm) => {
    const counted: Readonly<Record<EffortMeasure, Counted>> = {
      ...operatorRows(textOf(operatorPage), arm),
      ...fraudCheckRows(source, textOf(changes[arm].patch), arm),
      ...listeningRows(source, arm),
      lines_of_code: codeFor(source, arm),
    };
    return effortMeasures.map((measure) => ({ arm, measure, ...counted[measure] }));
  });
}

function operatorRows(page: string, arm: ArmName) {
  const commands = readCommands(operatorPage, page, arm);
  const block = (title: string) =>
    `Commands in the block "${title}" for ${arm} in docs/compare/evidence/${operatorPage}`;
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

function fraudCheckRows(source: Source, text: string, arm: ArmName) {
  const { patch: name, folders } = changes[arm];
  const patch = readPatch(name, text);
  const touched = servicesTouched(source, patch);
  return {
    files_touched_for_fraud_check: {
      value: filesTouched(patch, folders),
      how: `Files below ${folders.join(' and ')} in docs/compare/evidence/${name}.`,
    },
    services_touched_for_fraud_check: {
      value: touched.length,
      how: `Processes and services whose own code the patch changes, not the code that several link: ${touched.join(', ')}.`,
    },
  };
}

const heard: Readonly<Record<ArmName, string>> = {
  saga: "signals and updates that an order's workflow takes",
  naive: 'events that each service reacts to, "order" to all of them',
  outbox: 'events that each service reacts to, "order" to all of them',
  mix: "signals and updates that an order's workflow takes, and events that each team's code names",
};

const fields: Readonly<Record<ArmName, string>> = {
  saga: 'of these signals and updates',
  naive: 'of the events that each service reacts to or remembers, by the event catalogue',
  outbox: 'of the events that each service reacts to or remembers, by the event catalogue',
  mix: 'of these signals and updates, and of the events that each team names',
};

function listeningRows(source: Source, arm: ArmName) {
  const listening = listeningIn(source, arm);
  return {
    subscriptions: { value: listening.subscriptions, how: `The ${heard[arm]}, added up.` },
    payload_fields: {
      value: listening.fields,
      how: `The members ${fields[arm]}, without the members inside of them, added up.`,
    },
  };
}
