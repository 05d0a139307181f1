/** Compiles bench/ into dist/bench and bundles its workflows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { transpile } from '../tools/transpile.mjs';

const target = transpile('bench');
for (const saga of ['plain', 'floor']) await bundle(join(target, saga));

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
