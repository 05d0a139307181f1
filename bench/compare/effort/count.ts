import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Service } from '../../../src/choreography/service.js';
import { services as allServices } from '../../../src/choreography/services.js';
import { serviceNames } from '../../../src/domain/services.js';
import { catalogue, isEventType, type EventType } from '../../../src/events/catalogue/catalogue.js';
import { sumOf } from '../../harness/statistics.js';
import type { Effort } from '../data/comparison.js';
import { effortMeasures, variantNames, type VariantName } from '../data/names.js';
import { naiveOrder } from '../naive/naive-services.js';

/** All paths are those of the repository, in which npm starts a script. */
export const evidenceFolder = 'docs/compare/evidence/';

const read = (path: string): string => readFileSync(path, 'utf8');

/** The TypeScript files that a folder holds itself. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.ts') ? folder + name : []));

export const countEffort = (): readonly Effort[] =>
  variantNames.flatMap((name) => {
    const counted = { ...countEvidence(name), ...countCode(name) };
    return effortMeasures.map((measure) => ({ arm: name, measure, ...counted[measure] }));
  });

export const patches = ['fraud-check-orchestrated.patch', 'fraud-check-choreographed.patch'];

/** The folders in which the files of the change that adds the fraud check are counted. */
const changed: Readonly<Record<VariantName, readonly [patch: string, ...folders: string[]]>> = {
  saga: ['fraud-check-orchestrated.patch', 'src/'],
  naive: ['fraud-check-choreographed.patch', 'src/', 'bench/compare/naive/'],
  outbox: ['fraud-check-choreographed.patch', 'src/'],
  mix: ['fraud-check-orchestrated.patch', 'src/'],
};

/** @throws Error with the name of a file that is not as it must be: a patch that is cut off, say */
export function countEvidence(name: VariantName, folder = evidenceFolder) {
  const page = read(`${folder}operator.md`);
  const commands = (title: string, why: string) => ({
    value: readCommands(page, name, title),
    how: `Commands in the block "${title}" for ${name} in ${evidenceFolder}operator.md: ${why}`,
  });
  const [patch, ...folders] = changed[name];
  const paths = filesOf(folder + patch);
  const byHand = paths.filter((path) => !isPrinted(path));
  const touched = servicesTouched(paths, read(folder + patch));
  return {
    operator_commands_to_find: commands('Find it', 'which order hangs, what of it, and why.'),
    operator_commands_to_mend: commands(
      'Mend it',
      'the provider never gives this money back, so a person has.',
    ),
    files_touched_for_fraud_check: {
      value: paths.filter((path) => folders.some((start) => path.startsWith(start))).length,
      how: `Files below ${folders.join(' and ')} in ${evidenceFolder}${patch}.`,
    },
    files_by_hand_for_fraud_check: {
      value: byHand.length,
      how: `All files in ${evidenceFolder}${patch}: code, tests, settings and documents, but for the ${paths.length - byHand.length} of docs/events.md and docs/events that npm run docs:events prints.`,
    },
    services_touched_for_fraud_check: {
      value: touched.length,
      how: `Processes and services whose own code the patch changes, not the code that several link: ${touched.join(', ')}.`,
    },
  };
}

/**
 * The files that a patch touches.
 * @throws Error with what does not fit, when the patch would not apply to the tree as it is
 */
export function filesOf(patch: string): readonly string[] {
  const options = { encoding: 'utf8', stdio: 'pipe' } as const;
  const counted = execFileSync('git', ['apply', '--check', '--numstat', patch], options);
  return counted.split('\n').flatMap((line) => line.split('\t')[2] ?? []);
}

/** From the catalogue of events. */
export const isPrinted = (path: string): boolean => /^docs\/events[./]/.test(path);

/** Whose code a file is, where it is one process's or service's alone. The rest is linked by several. */
function ownerOf(path: string): string | undefined {
  const [, folder, file = ''] = /^src\/(\w+)\/(?:.*\/)?([\w-]+)\.ts$/.exec(path) ?? [];
  if (folder === 'choreography') {
    return file === 'ending' ? 'order' : serviceNames.find((name) => name === file);
  }
  if (folder === 'workers') return /^(worker|relay)/.exec(file)?.[0];
  return folder === 'workflows' ? 'worker' : /^(api|relay)$/.exec(folder ?? '')?.[0];
}

function servicesTouched(paths: readonly string[], patch: string): readonly string[] {
  const declared = [...patch.matchAll(/: Service = \{[\s+]+name: '([\w-]+)'/g)];
  const names = [
    ...paths.flatMap((path) => ownerOf(path) ?? []),
    ...declared.map(([, name = '']) => name),
  ];
  return [...new Set(names)].sort();
}

/** The commands in the shell block below the heading. @throws Error when it is missing */
export function readCommands(page: string, variant: string, title: string): number {
  const section = page
    .split(/^## /m)
    .find((part) => /^.*/.exec(part)?.[0].match(`\\b${variant}\\b`));
  const part = section?.split(/^### /m).find((one) => one.startsWith(`${title}\n`));
  const block = /^```sh\n(.*?)^```$/ms.exec(part ?? '')?.[1] ?? '';
  // One for each line that does not continue the line before.
  const commands = block.replace(/\\\n/g, '').match(/^\s*[^\s#]/gm) ?? [];
  if (commands.length > 0) return commands.length;
  throw new Error(`operator.md: ${variant} has no shell block with commands at "${title}"`);
}

/** Returns, late payments and the reconciliation are left out: they are no orders. */
const workflow: readonly string[] = [
  ...['src/workflows/order.ts', 'src/workflows/messages.ts', 'src/db/order-start.ts'],
  ...['src/workers/worker.ts', 'src/workers/worker-main.ts'],
  ...['src/workflows/order/', 'src/workflows/kit/'].flatMap(filesIn),
];
const reactions: readonly string[] = ['src/db/choreography.ts', ...filesIn('src/choreography/')];
const services: readonly string[] = ['src/workers/services.ts', 'src/workers/services-main.ts'];

/** What publishes and hands out events. The timeline is made by the catalogue as well, so it is no part. */
const events: readonly string[] = filesIn('src/events/').filter(
  (file) => !/dead-letters|lag|listen|nats|projection|retention|team/.test(file),
);

const unusedByNaive = /(clock|consumers|dead-lettered)\.ts$/;
const naive: readonly string[] = [
  ...filesIn('bench/compare/naive/'),
  ...reactions.filter((file) => !unusedByNaive.test(file)),
];

/** The signals and updates of an order; those of returns are not among them. */
export function orderMessages() {
  const definitions = read('src/workflows/messages.ts');
  const types = definitions + filesIn('src/domain/').map(read).join('');
  const membersOf = (type: string): readonly string[] => {
    const declaration = new RegExp(`^export (?:interface|type) ${type} [^]*?\n\n`, 'm').exec(types);
    return declaration?.[0].match(/(?<=readonly )\w+(?=\??:)/g) ?? [];
  };
  const definition = /define(?:Signal|Update)(?:<[^(]*\[(?:Partial<)?(\w+)>?\??\]>)?\(\s*'(\w+)'/g;
  return [...definitions.matchAll(definition)]
    .map(([, type, name = '']) => ({ name, members: type === undefined ? [] : membersOf(type) }))
    .filter(({ name }) => !name.endsWith('Return'));
}

/** For each message or each one that reacts to events: how many it takes, with how many members. */
type Taken = readonly { readonly subscriptions: number; readonly members: number }[];

const byWorkflow = (): Taken =>
  orderMessages().map(({ members }) => ({ subscriptions: 1, members: members.length }));

const membersIn = (types: readonly EventType[]): number =>
  sumOf([...new Set(types)].map((type) => Object.keys(catalogue[type].data.shape).length));

/** A fact that is only required has to be understood as one that is reacted to. */
const byServices = (all: Readonly<Record<string, Service>>): Taken =>
  Object.values(all).map((service) => {
    const handled = Object.keys(service.reactions) as EventType[];
    const members = membersIn([...handled, ...service.requiredFacts]);
    return { subscriptions: handled.length, members };
  });

/** A team declares its events nowhere; its code names those that it handles. */
const byTeams = (): Taken =>
  readdirSync('src/teams/')
    .filter((name) => !name.includes('.'))
    .map((team) => {
      const code = filesIn(`src/teams/${team}/`).map(read).join('\n');
      const handled = [...new Set(code.match(/(?<=')\w+\.\w+(?=')/g))].filter(isEventType);
      return { subscriptions: handled.length, members: membersIn(handled) };
    });

const codeOf: Readonly<Record<VariantName, () => readonly [Taken, files: readonly string[]]>> = {
  saga: () => [byWorkflow(), workflow],
  naive: () => [byServices({ ...allServices, order: naiveOrder }), naive],
  outbox: () => [byServices(allServices), [...reactions, ...services, ...events]],
  mix: () => [
    [...byWorkflow(), ...byTeams()],
    [...workflow, ...events],
  ],
};

/** Neither empty nor only a remark. */
export const linesOfCode = (text: string): number =>
  text.split('\n').filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length;

function countCode(name: VariantName) {
  const [taken, files] = codeOf[name]();
  const folders = [...new Set(files.map((file) => dirname(file)))];
  return {
    subscriptions: {
      value: sumOf(taken.map(({ subscriptions }) => subscriptions)),
      how: "Signals and updates that an order's workflow takes, and events that each service or team reacts to, added up.",
    },
    payload_fields: {
      value: sumOf(taken.map(({ members }) => members)),
      how: 'Members of these messages and events and of those that a service remembers, without the members inside of them, added up.',
    },
    lines_of_code: {
      value: sumOf(files.map((file) => linesOfCode(read(file)))),
      how: `Lines that are neither empty nor only a remark, of ${files.length} files in ${folders.join(', ')}; bench/compare/effort/count.ts lists them.`,
    },
  };
}
