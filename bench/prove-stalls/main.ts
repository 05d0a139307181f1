import { DefaultLogger, Runtime } from '@temporalio/worker';
import { isProven, verdictTable } from '../harness/proof.js';
import type { Print } from '../harness/stack.js';
import { readStallOptions, stallHelp } from '../options.js';
import { proveStalls, stallTable } from './proof.js';

const print: Print = (line) => {
  console.log(line);
};

const options = readStallOptions(process.argv.slice(2));
if (options.help) print(stallHelp());
else process.exitCode = await prove();

async function prove(): Promise<number> {
  // A history that does not replay is reported by its order, not by the SDK as well.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const proof = await proveStalls(options, print);
  print(`\n${stallTable(proof)}\n\n${verdictTable(proof.verdicts)}`);
  for (const { evidence } of proof.orders) {
    const { orderId, waits } = evidence;
    if (waits.length > 0) print(`${orderId} waits for a person: ${waits.join(', ')}`);
  }
  if (isProven(proof)) {
    print('\nNo cancel was lost, every history replays, and all ledgers agree.');
    return 0;
  }
  print(`\n${[...proof.vacuous, ...proof.findings].join('\n')}`);
  return 1;
}
