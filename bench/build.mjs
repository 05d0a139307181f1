/**
 * Compiles bench/ into dist/bench, where it runs against the built service, and bundles its
 * workflows. Types are checked by `npm run types`; here they are only taken out.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import ts from 'typescript';

const source = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../dist/bench', import.meta.url));

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

rmSync(target, { recursive: true, force: true });
for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && entry.name.endsWith('.ts')) compile(join(entry.parentPath, entry.name));
}
for (const saga of ['plain', 'floor']) await bundle(join(target, saga));

function compile(file) {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions,
    fileName: file,
  });
  const output = join(target, relative(source, file)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, withBuiltImports(outputText));
}

/** The build has no folder `src`: what lies below it there lies in `dist` itself. */
function withBuiltImports(code) {
  return code.replace(/^(import|export|\}) (.*')((?:\.\.\/)+)src\//gm, '$1 $2$3');
}

/** Beforehand, as the service does it: bundling inside a worker would count as its memory. */
async function bundle(folder) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'workflows.js'),
    logger: { ...console, trace: quiet, debug: quiet, info: quiet, log: quiet },
  });
  writeFileSync(join(folder, 'workflow-bundle.js'), code);
}

function quiet() {
  return undefined;
}
