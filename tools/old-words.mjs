/**
 * `npm run words`: names of the code that a better word has replaced, as whole identifiers. They must
 * not come back in src, examples and bench. What is stored or stands on the wire is not listed.
 */
import { fileURLToPath } from 'node:url';
import { filesIn } from './size.mjs';

export const oldWords = [
  // The saga's steps and undos
  'undoReserveInventory undoAuthorizePayment undoCreateShipment undoCapturePayment asUndo',
  'OrderLife ReturnLife Journey ReturnDesk farewell takeBack unwind assumeEverything settleOthers',
  'outrank revisionsPerPhase bringUpToDate isCancelHeard giveWay Turns inTurn quickly durably',
  'quickTry Manner onRecord putOnRecord legible insist performAside allot Allotment seenTo',
  'whileAtWork hasAnyLeft Consignment Told',
  // Activities, domain, adapters
  'Undone undoneAfter Matter letGo LeftHold steering steeringMessages SteeringMessage upTo StripeMarks',
  // Choreography
  'Story Situation remembers hears gaveUp doings wayMarks beginWayBack isGoingBack goneAllTheSame',
  'GivenUp Tidings News asOurs',
  // Events, db, api
  'Settler Alarm resolveGivenUp resolveOnce whereItStands tellings keepSent',
  // up and bench
  'KeptPart KeptProcess Site Foundation Wiring Errand makeOnce Ground Crew havoc unsteadiness',
].flatMap((line) => line.split(' '));

const pattern = new RegExp(`(?<![\\w$.-])(${oldWords.join('|')})(?![\\w$-])`, 'g');

/** @returns each line of code with an old word: `file:line word` */
export const oldWordsIn = (path, text) =>
  text
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (quoted) => ' '.repeat(quoted.length))
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(\/\*|\*|\/\/)/.test(line)
        ? []
        : [...line.matchAll(pattern)].map(([, word]) => `${path}:${index + 1} ${word}`),
    );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const code = { folders: ['src', 'examples', 'bench'], files: /\.(ts|mjs)$/ };
  const found = filesIn(root, code).flatMap(({ path, text }) => oldWordsIn(path, text));
  for (const one of found) process.stderr.write(`An old word: ${one}\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
