import { fileURLToPath } from 'node:url';
import { ConfigError } from '../config.js';
import { runCommandLine } from './command-line.js';

const wrongConfigCode = 2;

try {
  process.exitCode = await runCommandLine({
    argv: process.argv.slice(2),
    script: fileURLToPath(import.meta.url),
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = wrongConfigCode;
}
