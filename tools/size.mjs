/** `npm run size`: how large the code is. Fails when a limit is passed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** In lines. Data that stands for code counts as code. */
const areas = [
  { name: 'src and examples', folders: ['src', 'examples'], limit: 36_500, files: /\.(?!md$)\w+$/ },
  { name: 'tests in TypeScript', folders: ['test'], limit: 32_800, files: /\.ts$/ },
  { name: 'bench', folders: ['bench'], limit: 10_300, files: /\.(?!md$)\w+$/ },
];
const functionLimit = 70;

const linesOf = (text) => text.split('\n').length - 1;

/** @returns the files below the folders whose names match, each with its text */
export function filesIn(root, { folders, files }) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && files.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') })),
  );
}

/** The functions of a file with their lines of code: without blank lines and comments. */
export function functionsIn({ path, text }) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const begin = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const code = withoutComments(node.getText()).split('\n');
      const lines = code.filter((line) => line.trim() !== '').length;
      found.push({ path, line: begin, name: nameOf(node), lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const withoutComments = (text) =>
  text.replace(/^\s*\/\*.*?\*\/\s*$/gms, '').replace(/^\s*\/\/.*$/gm, '');

const nameOf = (node) =>
  node.name?.getText() ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '');

/** @returns the lines to print, and what passes its limit */
export function measure(root) {
  const measured = areas.map((area) => {
    const files = filesIn(root, area);
    return { ...area, files, lines: files.reduce((sum, { text }) => sum + linesOf(text), 0) };
  });
  const files = measured.flatMap((area) => area.files);
  const largest = files
    .map(({ path, text }) => ({ path, lines: linesOf(text) }))
    .sort((a, b) => b.lines - a.lines);
  const functions = files
    .filter(({ path }) => /\.(ts|mjs)$/.test(path) && !path.startsWith('test'))
    .flatMap(functionsIn)
    .sort((a, b) => b.lines - a.lines);
  const report = [
    ...measured.map(({ name, lines, limit }) => `${row(lines)}  ${name}, at most ${limit}`),
    'The largest files:',
    ...largest.slice(0, 10).map(({ path, lines }) => `${row(lines)}  ${path}`),
    `The longest functions, at most ${functionLimit}:`,
    ...functions
      .slice(0, 10)
      .map(({ path, line, name, lines }) => `${row(lines)}  ${path}:${line} ${name}`),
  ];
  const passed = [
    ...measured
      .filter(({ lines, limit }) => lines > limit)
      .map(({ name, lines, limit }) => `${name}: ${lines} lines, at most ${limit}`),
    ...functions
      .filter(({ lines }) => lines > functionLimit)
      .map(({ path, line, lines }) => `${path}:${line}: a function of ${lines} lines`),
  ];
  return { report, passed };
}

const row = (lines) => String(lines).padStart(7);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { report, passed } = measure(fileURLToPath(new URL('..', import.meta.url)));
  process.stdout.write(`${report.join('\n')}\n`);
  for (const one of passed) process.stderr.write(`Over its limit: ${one}\n`);
  process.exitCode = passed.length > 0 ? 1 : 0;
}
