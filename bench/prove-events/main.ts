import { writeFile } from 'node:fs/promises';
import { examplesOf, isProven } from '../harness/proof.js';
import type { Print } from '../harness/stack.js';
import { eventProofHelp, readEventProofOptions } from '../options.js';
import { proveEvents } from './proof.js';
import { proofTables } from './report.js';

const print: Print = (line) => {
  console.log(line);
};

const options = readEventProofOptions(process.argv.slice(2));
if (options.help) print(eventProofHelp());
else await prove();

async function prove(): Promise<void> {
  print(`seed ${options.seed}, ${options.orders} orders`);
  const proof = await proveEvents(options, print);
  print(`\n${proofTables(proof)}`);
  if (isProven(proof)) {
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(proof)}\n`);
    print('\nNothing was lost, doubled or out of order.');
  } else {
    print(`\n${[...proof.vacuous, ...examplesOf(proof.verdicts)].join('\n')}`);
    process.exitCode = 1;
  }
}
