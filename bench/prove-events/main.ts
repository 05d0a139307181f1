import { writeFile } from 'node:fs/promises';
import { readProofOptions } from './options.js';
import { prove } from './proof.js';
import { isProven } from './report.js';
import { examples, troubleTable, verdictTable } from './tables.js';

const print = (line: string): void => {
  console.log(line);
};

const options = readProofOptions(process.argv.slice(2));
print(`seed ${options.seed}, ${options.orders} orders`);
const proof = await prove(options, print);
print(`\n${troubleTable(proof)}\n\n${verdictTable(proof.verdicts)}`);
if (isProven(proof)) {
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(proof)}\n`);
  print('\nNothing was lost, doubled or out of order.');
} else {
  print(`\n${[...proof.vacuous, examples(proof.verdicts)].join('\n')}`);
  process.exitCode = 1;
}
