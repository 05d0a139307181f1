import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runCommand } from '../harness/arguments.js';
import { examplesOf, isProven, verdictTable } from '../harness/proof.js';
import { messageHelp, readMessageOptions } from '../options.js';
import { messageTable, proveMessages } from './proof.js';

await runCommand(readMessageOptions, messageHelp, async (options) => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const proof = await proveMessages(options, console.log);
  console.log(`\n${messageTable(proof)}\n\n${verdictTable(proof.verdicts)}`);
  if (isProven(proof)) {
    console.log('\nNo message was lost or taken twice, and all ledgers agree.');
  } else {
    console.log(`\n${[...proof.vacuous, ...examplesOf(proof.verdicts)].join('\n')}`);
    process.exitCode = 1;
  }
});
