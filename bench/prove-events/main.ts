import { writeFile } from 'node:fs/promises';
import { runCommand } from '../harness/arguments.js';
import { examplesOf, isProven } from '../harness/proof.js';
import { eventProofHelp, readEventProofOptions } from '../options.js';
import { proofTables, proveEvents } from './proof.js';

await runCommand(readEventProofOptions, eventProofHelp, async (options) => {
  console.log(`seed ${options.seed}, ${options.orders} orders`);
  const proof = await proveEvents(options, console.log);
  console.log(`\n${proofTables(proof)}`);
  if (isProven(proof)) {
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(proof)}\n`);
    console.log('\nNothing was lost, doubled or out of order.');
  } else {
    console.log(`\n${[...proof.vacuous, ...examplesOf(proof.verdicts)].join('\n')}`);
    process.exitCode = 1;
  }
});
