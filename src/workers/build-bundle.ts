import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowBundlePath } from './workflow-bundle.js';

/** Bundles the workflows once, at build time, so that a worker starts at once and in step with it. */
async function buildBundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
    logger: { ...console, log: () => undefined, trace: noise, debug: noise, info: noise },
  });
  const unfinished = `${workflowBundlePath}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, workflowBundlePath);
}

const noise = () => undefined;

await buildBundle();
