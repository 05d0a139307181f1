import { fileURLToPath } from 'node:url';

/** Where the build leaves the workflow bundle, beside the compiled code. */
export const workflowBundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
