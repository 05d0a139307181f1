import type { EffortMeasure } from '../data/names.js';

type Block = Extract<EffortMeasure, `operator_${string}`>;

/** How many commands somebody types. */
export type Commands = Readonly<Record<Block, number>>;

const headings: Readonly<Record<Block, string>> = {
  operator_commands_to_find: 'Find it',
  operator_commands_to_mend: 'Mend it',
};

/**
 * Counts the commands of an arm: those in the one shell block below each of its two headings.
 * @param name of the page, which is told when it is not as it must be
 * @throws Error when a heading or its block is missing
 */
export function readCommands(name: string, text: string, arm: string): Commands {
  const section = sectionsOf(text, '## ').find(({ title }) => title.split(', ').includes(arm));
  if (section === undefined) throw new Error(`${name}: no heading for ${arm}`);
  const countOf = (block: Block): number => {
    const title = headings[block];
    const part = sectionsOf(section.text, '### ').find((one) => one.title === title);
    const [fence, ...others] = (part?.text ?? '').matchAll(/^```sh\n(.*?)^```$/gms);
    const count = commandsIn(fence?.[1] ?? '');
    if (others.length > 0 || count === 0) {
      throw new Error(`${name}: "${title}" of ${arm} has to have one shell block with commands`);
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
