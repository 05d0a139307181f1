/** `npm run verify`: the gates that run nothing of ours, on two cores. */
import { spawn } from 'node:child_process';

/** The linter takes as long as all others. */
const lanes = [['lint'], ['types', 'format:check', 'dead-code', 'words', 'size']];

const run = (gate) =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', gate], { shell: process.platform === 'win32' });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      process.stdout.write(`${gate}: ${code === 0 ? 'passed' : `failed\n${output}`}\n`);
      resolve(code === 0);
    });
  });

const results = await Promise.all(
  lanes.map(async (gates) => {
    let isWell = true;
    for (const gate of gates) isWell = (await run(gate)) && isWell;
    return isWell;
  }),
);
process.exitCode = results.every(Boolean) ? 0 : 1;
