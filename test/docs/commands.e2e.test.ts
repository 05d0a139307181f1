import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../src/up/postgres/databases.js';
import { waitFor } from '../support/wait-for.js';
import { commandRules, type Rule } from './command-rules.js';
import { commandLimitMs, DocumentedStack } from './documented-stack.js';
import { commandsOf, fencesOf, pages } from './pages.js';

let stack: DocumentedStack;
let rules: readonly Rule[];
beforeAll(async () => {
  stack = await DocumentedStack.start();
  rules = commandRules(stack);
});
afterAll(() => stack.stop());

/** What was ordered a moment ago may not be there yet. */
const isLook = (command: string) => !/ -d | -X | signal | cancel |^kill/.test(command);

async function obey(command: string): Promise<void> {
  const plain = command.replace(/^curl -s /, 'curl ');
  const [rule, ...others] = rules.filter((candidate) => candidate.command.test(plain));
  if (rule === undefined || others.length > 0) throw new Error(`Not one rule for: ${command}`);
  if ('check' in rule) return rule.check(command);
  await rule.before?.();
  const once = () => stack.runAndRead(command, rule.prints);
  const isRepeated = isLook(command) || rule.isRepeated === true;
  await (isRepeated ? waitFor(`what "${command}" prints`, once, 45_000) : once());
  await rule.after?.();
}

const documented = pages.flatMap((page) => {
  const commands = fencesOf(page, 'sh').flatMap(commandsOf);
  return commands.length > 0 ? [{ page, commands }] : [];
});

describe.each(documented)('the commands of $page', ({ commands }) => {
  beforeAll(() =>
    stack.openPage({ setsFaults: commands.some((one) => / -d .*"kind":/.test(one)) }),
  );

  test.each(commands)('%s', obey, commandLimitMs);
});

const queries = pages.flatMap((page) => fencesOf(page, 'sql').map((text) => [page, text] as const));

test.each(queries)('a query of %s is one that Postgres accepts: %s', async (_page, text) => {
  await withClient(stack.running.url('database'), (client) => client.query(stack.here(text)));
});

test('every shell block of a page is marked as one, so that its commands are tried', () => {
  const unmarked = pages.flatMap((page) =>
    fencesOf(page, /^(?!sh$)/).filter((text) =>
      /^(curl|npm|npx|node|docker|temporal|kill|psql|cp) /m.test(text),
    ),
  );
  expect(unmarked).toEqual([]);
});
