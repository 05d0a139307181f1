/** The relay's event loops with the benchmark's consumer, in a process whose CPU time can be read. */
import { openDatabase } from '../../src/db/database.js';
import { createLogger } from '../../src/logger.js';
import { startEventLoops } from '../../src/relay/event-loops.js';
import { ledger } from './ledger.js';

const databaseUrl = process.argv[2] ?? '';
const database = openDatabase({ url: databaseUrl, poolSize: 5 });
const loops = startEventLoops({
  database,
  databaseUrl,
  log: createLogger('relay', 'warn'),
  consumers: [ledger],
  retentionDays: 30,
});
process.once('disconnect', () => {
  void loops.stop().then(() => database.destroy());
});
process.send?.('ready');
