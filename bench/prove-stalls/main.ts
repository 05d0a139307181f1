import { DefaultLogger, Runtime } from '@temporalio/worker';
import { verdictTable } from '../prove-events/tables.js';
import { helpText, readStallOptions, type StallOptions } from './options.js';
import { proveStalls } from './proof.js';
import { isProven } from './report.js';
import { countsTable, findingLines, waitingOrders } from './tables.js';

const print = (line: string): void => {
  console.log(line);
};

const options = readStallOptions(process.argv.slice(2));
if (options.help) print(helpText());
else process.exitCode = await prove(options);

/** @returns the exit code */
async function prove(chosen: StallOptions): Promise<number> {
  // A history that does not replay is reported by its order, not by the SDK as well.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const proof = await proveStalls(chosen, print);
  print(`\n${countsTable(proof)}\n\n${verdictTable(proof.verdicts)}`);
  const waiting = waitingOrders(proof.orders);
  if (waiting !== '') print(`\nWaiting for a person:\n${waiting}`);
  if (isProven(proof)) {
    print('\nNo cancel was lost, every history replays, and all books agree.');
    return 0;
  }
  print(`\n${[...proof.vacuous, findingLines(proof.findings)].join('\n')}`);
  return 1;
}
