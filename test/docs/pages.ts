import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = new URL('../../', import.meta.url);
export const repositoryPath = fileURLToPath(repository);

export const readText = (file: string): string => readFileSync(new URL(file, repository), 'utf8');

const filesIn = (folder: string, recursive: boolean): readonly string[] =>
  readdirSync(new URL(folder, repository), { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}${file}`)
    .sort();

/** Every page of the root folder and below docs/, by its path in the repository. */
export const pages: readonly string[] = [...filesIn('', false), ...filesIn('docs/', true)];

/** The fenced blocks of a page in a language, in their order. */
export const fencesOf = (page: string, language: string | RegExp): readonly string[] =>
  [...readText(page).matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, marked, text]) =>
    (typeof language === 'string' ? marked === language : language.test(marked!)) ? [text!] : [],
  );

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

export const firstCells = (page: string): readonly string[] =>
  rowsIn(readText(page)).map(([first]) => first!);
