import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = new URL('../../', import.meta.url);
export const repositoryPath = fileURLToPath(repository);

export const readText = (file: string): string => readFileSync(new URL(file, repository), 'utf8');

/** README.md and every page below docs/, by their path in the repository. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', repository), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
];

export interface Fence {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in their order. */
export const fencesOf = (page: string): readonly Fence[] =>
  [...readText(page).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));

/** The commands of a block: one per line, lines that end with a backslash joined, no comments. */
export const commandsOf = (block: string): readonly string[] =>
  block
    .replace(/ *\\\n */g, ' ')
    .split('\n')
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '');

/** The cells of all tables' rows, without their backticks. */
export const rowsIn = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\| (.*) \|$/gm)].map(([, row]) =>
    row!.split(' | ').map((cell) => cell.replaceAll('`', '').trim()),
  );
