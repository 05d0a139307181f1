import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runCommand } from '../harness/arguments.js';
import { isProven, verdictTable } from '../harness/proof.js';
import { readStallOptions, stallHelp } from '../options.js';
import { proveStalls, stallTable } from './proof.js';

await runCommand(readStallOptions, stallHelp, async (options) => {
  // A history that does not replay is reported by its order, not by the SDK as well.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const proof = await proveStalls(options, console.log);
  console.log(`\n${stallTable(proof)}\n\n${verdictTable(proof.verdicts)}`);
  for (const { orderId, waits } of proof.orders) {
    if (waits.length > 0) console.log(`${orderId} waits for a person: ${waits.join(', ')}`);
  }
  if (isProven(proof)) {
    console.log('\nNo cancel was lost, every history replays, and all ledgers agree.');
  } else {
    console.log(`\n${[...proof.vacuous, ...proof.findings].join('\n')}`);
    process.exitCode = 1;
  }
});
