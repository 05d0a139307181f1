import { setTimeout as sleep } from 'node:timers/promises';
import { StackClient } from '../../examples/player/stack-client.js';
import { openCell, type Cell } from '../compare/cell.js';
import { variants, type Variant } from '../compare/variants.js';
import { countsTable } from '../harness/markdown.js';
import { isProven, missingFaults, verdict } from '../harness/proof.js';
import { between, pick, randomOf, shuffled, type Random } from '../harness/random.js';
import { withStack, type Print, type Stack } from '../harness/stack.js';
import { worker } from '../harness/system.js';
import type { MessageOptions } from '../options.js';
import { verdictsOf, witness } from '../prove-stalls/rules.js';
import { messageNames, type MessageName } from './kinds.js';
import { finish, send, waitingOrder, type Sent } from './send.js';

/** Parcels that move by themselves do so at once: the orders that wait for a scan go where none does. */
const pace = { pickUpMs: 200, stepMs: 200 };

/** No failpoints here: the processes are those of the service. */
const variant: Variant = { ...variants.mix, members: [worker, { role: 'relay' }] };

/** How a message gets lost: on its way to the workflow, in it, or on the way of its answer back. */
export const losses = [
  'worker stopped',
  'worker killed',
  'API killed',
  'relay killed',
  'Temporal stopped',
] as const;
type Loss = (typeof losses)[number];

interface Round {
  readonly names: readonly MessageName[];
  readonly loss: Loss;
  readonly afterMs: number;
  readonly lastsMs: number;
  readonly sentAfterMs: readonly number[];
}

/** With as many at once as there are kinds, each kind meets each loss in five rounds. */
function planRounds(seed: number, orders: number, atOnce: number): readonly Round[] {
  const random = randomOf(seed);
  const names = Array.from({ length: orders }, (_, index) => pick(messageNames, index));
  return Array.from({ length: Math.ceil(orders / atOnce) }, (_, index) =>
    planRound(random, names.slice(index * atOnce, (index + 1) * atOnce), pick(losses, index)),
  );
}

function planRound(random: Random, names: readonly MessageName[], loss: Loss): Round {
  const afterMs = between(random, 0, 1_000);
  // A worker that stands still outlasts its workflow task of 10 s.
  const lastsMs =
    loss === 'worker stopped' ? between(random, 11_000, 16_000) : between(random, 0, 6_000);
  // Some are on their way when it begins, and none comes after it.
  const sentAfterMs = names.map(() => between(random, 0, afterMs + lastsMs));
  return { names: shuffled(random, names), loss, afterMs, lastsMs, sentAfterMs };
}

async function lose(stack: Stack, { system }: Cell, { loss, afterMs, lastsMs }: Round) {
  await sleep(afterMs);
  const [part = '', how] = loss.toLowerCase().split(' ');
  const process = part === 'temporal' ? stack.temporal : system.process(part);
  await (how === 'killed' ? process?.kill(lastsMs) : process?.pause(lastsMs));
}

export const proveMessages = (options: MessageOptions, print: Print) =>
  withStack(
    { name: 'messages', print },
    async (stack) => {
      const cell = await openCell(stack, variant, [], { pace, serviceLevel: 'standard' });
      return run(stack, cell, options, print).finally(() => cell.stop());
    },
    isProven,
  );

async function run(stack: Stack, cell: Cell, options: MessageOptions, print: Print) {
  const rounds = planRounds(options.seed, options.orders, options['at-once']);
  const startedAt = performance.now();
  const sent: Sent[] = [];
  for (const [index, round] of rounds.entries()) {
    print(`round ${index + 1} of ${rounds.length}: ${round.names.length} messages, ${round.loss}`);
    sent.push(...(await play(stack, cell, round)));
  }
  print('checking');
  const elapsedMs = performance.now() - startedAt;
  // A return's parcel comes back: the rules about what was sent are not for its order.
  const others = sent.filter(({ name }) => name !== 'inspectReturn');
  const ledgers = await verdictsOf(cell, await witness(cell, others));
  const count = (holds: (one: Sent) => boolean) => sent.filter(holds).length;
  const counts = [
    ...messageNames.map((name) => [name, count((one) => one.name === name)] as const),
    ...losses.map((loss) => [loss, count((one) => one.loss === loss)] as const),
  ];
  return {
    ...{ seed: options.seed, elapsedMs, sent, counts },
    again: count(({ attempts }) => attempts > 1),
    // The rule about cancels under a stall has nothing to look at here.
    verdicts: [...messageVerdicts(sent), ...ledgers.filter((one) => one.count > 0)],
    vacuous: missingFaults(Object.fromEntries(counts)),
  };
}

/** Places the orders of a round, loses what they are sent, and carries them to their end. */
async function play(stack: Stack, cell: Cell, round: Round): Promise<readonly Sent[]> {
  const client = new StackClient({
    ...{ apiUrl: cell.system.apiUrl, sandboxUrl: cell.system.sandboxUrl, print: () => undefined },
    signal: AbortSignal.timeout(300_000),
  });
  const waiting = await Promise.all(round.names.map((name) => waitingOrder(client, name)));
  const sending = waiting.map(async (one, index) => {
    await sleep(round.sentAfterMs[index] ?? 0);
    return send(one);
  });
  const [answers] = await Promise.all([Promise.all(sending), lose(stack, cell, round)]);
  return Promise.all(
    waiting.map((one, index) => finish(cell.system.pool, one, answers[index]!, round.loss)),
  );
}

function messageVerdicts(sent: readonly Sent[]) {
  const rule = (what: string, isBroken: (one: Sent) => boolean) =>
    verdict(
      what,
      sent.length,
      sent.filter(isBroken).map(({ name, orderId, loss }) => `${name} of ${orderId} (${loss})`),
    );
  return [
    rule('a message has its effect once', ({ effects }) => effects !== 1),
    rule('its sender can read that it was taken', ({ states }) => !states.includes('taken')),
    rule('no message waits for an order that has ended', ({ states }) =>
      states.includes('waiting'),
    ),
  ];
}

export const messageTable = (proof: Awaited<ReturnType<typeof proveMessages>>): string =>
  countsTable([
    ['seed', proof.seed],
    ['messages', proof.sent.length],
    ['– that the relay took up', proof.again],
    ['seconds', Math.round(proof.elapsedMs / 1_000)],
    ...proof.counts,
  ]);
