import { z } from 'zod';
import { withApi, type CommandContext } from './command-context.js';
import type { ArgumentsOf } from './arguments.js';
import { bodyOf, getJson, postJson } from './json-client.js';
import { good, tableLines } from './terminal.js';

export type DeadLettersCommand = CommandContext & ArgumentsOf<'dead-letters'>;

const page = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      consumer: z.string(),
      event: z.object({ type: z.string(), order_id: z.string(), sequence: z.number() }),
      error: z.string(),
      attempts: z.number(),
      died_at: z.string(),
      held_back: z.number(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
type DeadLetter = z.infer<typeof page>['data'][number];

/**
 * Shows the dead letters of the stack that runs here, replays them, or discards one.
 * @returns the exit code
 */
export const deadLettersCommand = (command: DeadLettersCommand): Promise<number> =>
  withApi(command, async (apiUrl) => {
    const lines = await carryOut(`${apiUrl}/v1/dead-letters`, command);
    for (const line of lines) command.print(line);
  });

async function carryOut(url: string, command: DeadLettersCommand): Promise<readonly string[]> {
  const { consumer, by } = command;
  const who = by === undefined ? {} : { by };
  const whose = consumer === undefined ? {} : { consumer };
  if (command.action === 'list') return listed(await deadLettersAt(url, whose));
  if (command.action === 'discard') {
    const { id, reason } = command;
    return [await decide(`${url}/${id}/discard`, { ...who, reason }, 'is discarded')];
  }
  if (command.id === undefined) {
    return [`Tried again: ${await replayAll(`${url}/replay`, { ...who, ...whose })}`];
  }
  return [await decide(`${url}/${command.id}/replay`, who, 'is tried again')];
}

async function deadLettersAt(
  url: string,
  filter: Readonly<Record<string, string>>,
): Promise<readonly DeadLetter[]> {
  const found: DeadLetter[] = [];
  let cursor: string | null = null;
  do {
    const after: Record<string, string> = cursor === null ? {} : { starting_after: cursor };
    const query = new URLSearchParams({ limit: '100', ...filter, ...after });
    const { data, next_cursor }: z.infer<typeof page> = page.parse(
      await getJson(`${url}?${query.toString()}`),
    );
    found.push(...data);
    cursor = next_cursor;
  } while (cursor !== null);
  return found;
}

function listed(deadLetters: readonly DeadLetter[]): readonly string[] {
  if (deadLetters.length === 0) return [good('There are no dead letters.')];
  const cells = deadLetters.map(({ id, consumer, event, attempts, held_back, died_at, error }) => [
    id,
    consumer,
    event.order_id,
    `${event.sequence} ${event.type}`,
    String(attempts),
    String(held_back),
    died_at,
    error,
  ]);
  const head = ['id', 'consumer', 'order', 'event', 'attempts', 'held back', 'since', 'error'];
  return [
    ...tableLines([head, ...cells]),
    '',
    'Try one again: npm run dead-letters -- replay <id>; all of them: npm run dead-letters -- replay --all',
  ];
}

const replayed = z.object({ replayed: z.number(), has_more: z.boolean() });

async function replayAll(url: string, body: object): Promise<number> {
  let total = 0;
  for (;;) {
    const answer = replayed.parse(bodyOf(await postJson(url, body)));
    total += answer.replayed;
    if (!answer.has_more) return total;
  }
}

const decision = z.object({ id: z.string(), changed: z.boolean() });

async function decide(url: string, body: object, what: string): Promise<string> {
  const { id, changed } = decision.parse(bodyOf(await postJson(url, body)));
  return changed ? `${id} ${what}.` : `${id} ${what} already; nothing has changed.`;
}
