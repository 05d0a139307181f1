/** The ESLint rule that refuses every import for which tools/borders.mjs has no line. */
import { dirname, join, relative, sep } from 'node:path';
import { borders } from './borders.mjs';

/** `src/db/orders.ts` is `orders` of the folder `db`; each team is a folder of its own. */
function placeOf(path) {
  const parts = path.replace(/\.(m?[jt]s)$/, '').split('/');
  if (parts[0] === 'src') parts.shift();
  const depth = parts[0] === 'teams' ? 2 : 1;
  return { folder: parts.slice(0, depth).join('/'), line: parts[0], name: parts.join('/') };
}

const covers = (entry, name) =>
  entry.endsWith('*')
    ? name.startsWith(entry.slice(0, -1))
    : name === entry || name.startsWith(`${entry}/`);

/** @returns what is wrong with an import, or undefined */
function problemOf(file, source, isType) {
  const from = placeOf(file);
  const isOurs = source.startsWith('.');
  const to = isOurs ? placeOf(join(dirname(file), source).split(sep).join('/')) : { name: source };
  if (isOurs && to.folder === from.folder) return undefined;
  const line = borders[from.line];
  if (line === undefined)
    return `${from.folder} has no line in tools/borders.mjs: it imports nothing`;
  const entries = (isOurs ? line.ours : line.packages) ?? [];
  const plain = entries.filter((entry) => !entry.startsWith('type '));
  if (plain.some((entry) => covers(entry, to.name))) return undefined;
  const types = entries.map((entry) => entry.replace('type ', ''));
  if (!types.some((entry) => covers(entry, to.name)))
    return `${from.folder} must not import ${to.name} (tools/borders.mjs)`;
  return isType ? undefined : `${from.folder} may import ${to.name} only as a type`;
}

const isTypeOnly = ({ importKind, exportKind, specifiers = [] }) =>
  importKind === 'type' ||
  exportKind === 'type' ||
  (specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type'));

export const bordersRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (node, source, isType) => {
      if (typeof source?.value !== 'string') return;
      const message = problemOf(file, source.value, isType);
      if (message !== undefined) context.report({ node, message });
    };
    const declaration = (node) => check(node, node.source, isTypeOnly(node));
    return {
      ImportDeclaration: declaration,
      ExportNamedDeclaration: declaration,
      ExportAllDeclaration: declaration,
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source, true),
    };
  },
};
