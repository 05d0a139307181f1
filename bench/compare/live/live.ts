import { setTimeout as sleep } from 'node:timers/promises';
import { startPollingLoop } from '../../../src/runtime/polling-loop.js';
import { messageOf } from '../../../src/up/part.js';
import { listenForStop } from '../../../src/up/stop-signals.js';
import { withStack, type Print } from '../../harness/stack.js';
import { variantNames } from '../data/names.js';
import { basketsOf } from '../schedule/orders.js';
import { stageOf, tableOf, textsOf, type Standing } from './board.js';
import { openLane, type Lane } from './lane.js';
import { placeEveryMs } from './page.js';
import { KillButton } from './payment-process.js';
import { startLiveServer } from './server.js';

const brokenOffCode = 130;

type Report = (what: string) => (error: unknown) => void;

export async function showLive(minutes: number, print: Print): Promise<void> {
  const ending = new AbortController();
  listenForStop({
    onStop: () => {
      ending.abort();
    },
    onKill: () => process.exit(brokenOffCode),
  });
  const report: Report = (what) => (error) => {
    print(`${what}: ${messageOf(error)}`);
  };
  await withStack({ name: 'live', print }, async (stack) => {
    const lanes: Lane[] = [];
    try {
      const folder = await stack.renew('file');
      // One after the other: together they would only wait for each other.
      for (const name of variantNames) {
        if (ending.signal.aborted) return;
        print(`${name} is starting`);
        lanes.push(await openLane(stack, folder, name, report(name)));
      }
      await show(lanes, minutes, ending.signal, print, report);
    } finally {
      await Promise.all(lanes.map((lane) => lane.stop()));
    }
  });
}

async function show(
  lanes: readonly Lane[],
  minutes: number,
  ending: AbortSignal,
  print: Print,
  report: Report,
): Promise<void> {
  const standings = () => lanes.map(standingOf);
  const payments = lanes.map(({ payment }) => payment);
  const button = new KillButton(payments, report('the payment service'));
  let isPlacing = true;
  const placing = placeOrders(lanes, minutes, () => isPlacing, report('an order'));
  try {
    const server = await startLiveServer({
      look: () => ({
        texts: textsOf(standings(), Date.now()),
        isKilling: button.isDown,
        isPlacing,
      }),
      kill: () => button.press(),
      turnPlacing: (isOn) => {
        isPlacing = isOn;
      },
    });
    print(`\n  ${server.url}\n\nCtrl-C ends it.`);
    await sleep(minutes * 60_000, undefined, { signal: ending }).catch(() => undefined);
    await server.stop();
  } finally {
    await placing.stop();
  }
  print(`\n${tableOf(standings(), Date.now())}`);
  for (const lane of lanes) for (const line of failuresOf(lane)) print(line);
}

const seed = 1;
/** Where so many are under way in a variant, no variant gets another one. */
const mostUnderWay = 8;

function placeOrders(
  lanes: readonly Lane[],
  minutes: number,
  isOn: () => boolean,
  onError: (error: unknown) => void,
) {
  const baskets = basketsOf(seed, Math.ceil((minutes * 60_000) / placeEveryMs)).values();
  const isDue = () => isOn() && lanes.every((lane) => lane.counters().underWay < mostUnderWay);
  return startPollingLoop({
    round: async () => {
      const plan = isDue() ? baskets.next().value : undefined;
      if (plan !== undefined) await Promise.all(lanes.map((lane) => lane.place(plan)));
      return false;
    },
    pollMs: placeEveryMs,
    onError,
  });
}

const standingOf = ({ name, counters, payment }: Lane): Standing => ({
  name,
  counters: counters(),
  isAway: payment.runsSinceMs === undefined,
});

const failuresOf = ({ name, orders, circumstances }: Lane): readonly string[] =>
  orders().flatMap((order) => {
    const isStuck = stageOf(order, circumstances()) === 'stuck';
    const what = [...(isStuck ? ['stuck'] : []), ...(order.brokenRules ?? [])];
    return what.length === 0 ? [] : [`${name} ${order.orderId}: ${what.join(', ')}`];
  });
