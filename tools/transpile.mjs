/**
 * Compiles a folder beside src into dist, where it runs against the built service:
 * `node tools/transpile.mjs examples`. Types are checked by `npm run types`; here they are only
 * taken out.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

/** @returns the folder in dist */
export function transpile(folder) {
  const source = join(root, folder);
  const target = join(root, 'dist', folder);
  rmSync(target, { recursive: true, force: true });
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    const code = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText;
    const output = join(target, relative(source, file)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, withBuiltImports(code));
  }
  return target;
}

/** The build has no folder `src`: what lies below it there lies in `dist` itself. */
function withBuiltImports(code) {
  return code.replace(/^(import|export|\}) (.*')((?:\.\.\/)+)src\//gm, '$1 $2$3');
}

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) transpile(folder);
