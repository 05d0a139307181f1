import { fileURLToPath } from 'node:url';
import { runCommand } from './command-context.js';
import { runCommandLine } from './command-line.js';

const script = fileURLToPath(import.meta.url);
await runCommand(() => runCommandLine({ argv: process.argv.slice(2), script }));
