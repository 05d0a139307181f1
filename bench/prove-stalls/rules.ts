import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { isEnded } from '../../src/domain/order-state.js';
import { poll } from '../../src/runtime/deadline.js';
import { builtScript } from '../../src/up/folders.js';
import { getJson } from '../../src/up/json-client.js';
import { messageOf } from '../../src/up/part.js';
import { statusQuery } from '../../src/workflows/messages.js';
import type { Cell } from '../compare/cell.js';
import { closedLoop } from '../harness/load.js';
import { verdict, type Verdict } from '../harness/proof.js';
import { readLedgers, stockDifferences } from '../ledgers/read.js';
import { brokenRules, isStuck, type Evidence } from '../ledgers/rules.js';
import type { SentCancel, StalledOrder } from './drive.js';

export type CancelFate = 'cancelled' | 'refused' | 'waits for a person' | 'unanswered' | 'lost';
export type Witnessed = Awaited<ReturnType<typeof witness>>[number];

export async function witness({ system, sight }: Cell, orders: readonly StalledOrder[]) {
  const orderIds = orders.map(({ orderId }) => orderId);
  const runs = await runsOf(system.client, orderIds.map(sight));
  const statuses = await statusesOf(system, orderIds);
  const replayFailures = await failedReplays(system.client, orderIds);
  const evidenceOf = await readLedgers(system, orderIds, true);
  const { rows: refused } = await system.pool.query<{ id: string }>(refusedCancels, [orderIds]);
  return orders.map((order) => {
    const { orderId, cancel } = order;
    const evidence = evidenceOf(order);
    const facts = evidence.facts.map(({ type }) => type);
    const offer = facts.findLast((type) => offerFacts.includes(type));
    return {
      ...evidence,
      cancel,
      cancelFate:
        cancel &&
        fateOf(cancel, { ...evidence, facts, isRefused: refused.some(({ id }) => id === orderId) }),
      statuses: statuses.get(orderId)!,
      replayFailure: replayFailures.get(orderId),
      runs: runs.get(orderId)!,
      hasOpenOffer: offer === 'delivery_partner.offered',
      brokenRules: brokenRules(evidence),
    };
  });
}

const offerFacts = ['offered', 'assigned', 'declined', 'released'].map(
  (end) => `delivery_partner.${end}`,
);

/** One that the relay sent again once the parcel had left: the refusal is where its sender reads it. */
const refusedCancels = `select order_id as id from orders.messages
  where kind = 'cancelOrder' and state = 'refused' and reason <> '' and order_id = any($1)`;

interface Ending extends Pick<Evidence, 'status' | 'waits'> {
  readonly facts: readonly string[];
  readonly isRefused: boolean;
}

/** A cancel that was taken must show: as the order's end, as a refusal, or as work for a person. */
export function fateOf(
  { answer }: SentCancel,
  { status, facts, waits, isRefused }: Ending,
): CancelFate {
  if (status === 'cancelled') return 'cancelled';
  if (answer === 'unanswered') return 'unanswered';
  const isOnRecord = isRefused || facts.includes('order.cancel_refused');
  if (answer !== 'taken' || isOnRecord) return 'refused';
  const isKnown = facts.includes('order.cancel_requested');
  return isKnown && waits.length > 0 ? 'waits for a person' : 'lost';
}

type Holds = (order: Witnessed) => boolean;
type Rule = readonly [what: string, isBroken: Holds, applies?: Holds];

const ledgerRule = (what: string, ...names: readonly string[]): Rule => [
  what,
  (order) => order.brokenRules.some((name) => names.includes(name)),
  isEnded,
];

const rules: readonly Rule[] = [
  [
    'a cancel has its effect or its refusal on record',
    ({ cancelFate }) => cancelFate === 'lost' || cancelFate === 'unanswered',
    ({ cancelFate }) => cancelFate !== undefined,
  ],
  ['the history replays', ({ replayFailure }) => replayFailure !== undefined],
  ['the order ended or waits for a named person', isStuck],
  ['there is exactly one workflow, open or completed', hasWrongRuns],
  [
    'API, row and workflow say the same status',
    ({ statuses: { api, workflow }, status }) => api !== status || workflow !== status,
  ],
  ledgerRule('captured less refunded is the value shipped', 'isNotPaidFor', 'chargedCancelled'),
  ledgerRule('nothing is charged twice', 'doubleCharges'),
  ledgerRule('no authorization is open on a finished order', 'leavesAuthorization'),
  ledgerRule('no goods are held for a finished order', 'leakedHolds'),
  ledgerRule('no unused label is left', 'leavesLabel'),
  ledgerRule('goods are sent only where they were set aside', 'oversold'),
  ledgerRule('nothing is undone without a reason', 'needlessUndo'),
  ledgerRule('what the buyer was told is true', 'untrueTold'),
  ledgerRule('everybody who must know was told once', 'eventsNotOnce'),
];

/** A delivery partner may be asked for 15 minutes; an order that ended meanwhile waits for the answer. */
function hasWrongRuns({ runs, hasOpenOffer, status }: Witnessed): boolean {
  if (runs.count !== 1) return true;
  if (!isEnded({ status })) return runs.state !== 'RUNNING';
  return runs.state !== 'COMPLETED' && !(hasOpenOffer && runs.state === 'RUNNING');
}

export async function verdictsOf(
  { system }: Cell,
  orders: readonly Witnessed[],
): Promise<readonly Verdict[]> {
  const ofOrders = rules.map(([what, isBroken, applies = () => true]) => {
    const asked = orders.filter(applies);
    return verdict(
      what,
      asked.length,
      asked.filter(isBroken).map(({ orderId }) => orderId),
    );
  });
  const stock = await stockDifferences(system.pool);
  return [...ofOrders, verdict("the stock's ledgers agree", 1, stock)];
}

export const findingsOf = (orders: readonly Witnessed[]): readonly string[] =>
  orders.flatMap((order) => {
    const broken = rules.filter(
      ([, isBroken, applies = () => true]) => applies(order) && isBroken(order),
    );
    if (broken.length === 0) return [];
    const { by = '?', status = 'nothing' } = order.cancel ?? {};
    const fate = `${order.cancelFate ?? 'none'} (by ${by}, answered ${status})`;
    return [
      `${order.orderId}: ${order.status}, cancel: ${fate}`,
      ...broken.map(([what]) => `  not: ${what}`),
    ];
  });

const bundle = { codePath: builtScript('workflow-bundle.js') };

/** @returns why, for each workflow whose history does not replay */
export async function failedReplays(
  client: Client,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const histories = historiesOf(client, workflowIds);
  const replays = Worker.runReplayHistories({ workflowBundle: bundle }, histories);
  for await (const { workflowId, error } of replays) {
    // The core's own sentence, where there is one: around it is the same in all of them.
    const [words = error?.message] = /\[TMPRL\d+\][^"\\]*/.exec(error?.message ?? '') ?? [];
    if (words !== undefined) failed.set(workflowId, words);
  }
  return failed;
}

async function* historiesOf(client: Client, workflowIds: readonly string[]) {
  for (const workflowId of workflowIds) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    yield { workflowId, history };
  }
}

/** What an order does after its end, such as mails and points, has ended by then. */
const closeLimitMs = 90_000;
const atOnce = 8;

const runsOf = (
  client: Client,
  orders: readonly { readonly id: string; readonly isEnded: boolean }[],
) =>
  forEach(orders, async ({ id, isEnded }) => {
    let state = 'unknown';
    const look = async (): Promise<boolean> => {
      ({ name: state } = (await client.workflow.getHandle(id).describe()).status);
      return !isEnded || state !== 'RUNNING';
    };
    await poll(look, { limitMs: closeLimitMs }).catch(() => undefined);
    const { count } = await client.workflow.count(`WorkflowId = '${id}'`);
    return [id, { count, state }];
  });

/** A workflow that cannot be replayed never answers. */
const queryLimitMs = 5_000;

const orderAnswer = z.object({ status: z.string() });

/** An order's status as the API and the workflow answer it; a text in brackets is no answer. */
export const statusesOf = (
  { apiUrl, client }: { readonly apiUrl: string; readonly client: Client },
  orderIds: readonly string[],
) =>
  forEach(orderIds, async (orderId) => {
    const ask = () => client.workflow.getHandle(orderId).query(statusQuery);
    const [api, workflow] = await Promise.all([
      getJson(`${apiUrl}/v1/orders/${orderId}`).then((body) => orderAnswer.parse(body).status),
      client.withDeadline(Date.now() + queryLimitMs, ask).then(
        ({ status }) => status,
        (error: unknown) => `(no answer: ${messageOf(error)})`,
      ),
    ]);
    return [orderId, { api, workflow }];
  });

const forEach = async <Item, Value>(
  items: readonly Item[],
  look: (item: Item) => Promise<readonly [string, Value]>,
): Promise<ReadonlyMap<string, Value>> =>
  new Map(await closedLoop(items.length, atOnce, (index) => look(items[index]!)));
