import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/up/part.js';
import { listenForStop } from '../../../src/up/stop-signals.js';
import { Ground } from '../ground.js';
import { liveArms } from './arms.js';
import { tableOf, textsOf, type Standing } from './board.js';
import { stageOf } from './counters.js';
import { openLane, type Lane } from './lane.js';
import { KillButton } from './payer.js';
import { Placing } from './placing.js';
import { startLiveServer } from './server.js';
import { siteOf } from './site.js';

type Print = (line: string) => void;

/** Ends with the exit code that shells give for a Ctrl-C. */
const brokenOffCode = 130;

/** The four arms side by side, until somebody ends it or the time is up. */
export async function showLive(
  { minutes }: { readonly minutes: number },
  print: Print,
): Promise<void> {
  const ending = new AbortController();
  listenForStop({
    onStop: () => {
      ending.abort();
    },
    onKill: () => process.exit(brokenOffCode),
  });
  const ground = await Ground.open(print);
  const lanes: Lane[] = [];
  let isInOrder = false;
  try {
    await openLanes(ground, lanes, ending.signal, print);
    if (!ending.signal.aborted) await show(lanes, minutes, ending.signal, print);
    isInOrder = true;
  } finally {
    if (!isInOrder) print(`The logs are kept in ${ground.logFolder}`);
    await Promise.all(lanes.map((lane) => lane.stop()));
    await ground.stop({ keepsLogs: !isInOrder });
  }
}

/** One after the other: together they would only wait for each other. */
async function openLanes(
  ground: Ground,
  lanes: Lane[],
  ending: AbortSignal,
  print: Print,
): Promise<void> {
  const pointsFolder = await ground.begin({ hasEngine: true });
  for (const arm of liveArms) {
    if (ending.aborted) return;
    const site = await siteOf(ground, pointsFolder, arm.name);
    lanes.push(await openLane(arm, site, telling(print, arm.name)));
    print(`${arm.name} is ready`);
  }
}

async function show(
  lanes: readonly Lane[],
  minutes: number,
  ending: AbortSignal,
  print: Print,
): Promise<void> {
  const standings = () => lanes.map(standingOf);
  const payers = lanes.map(({ payer }) => payer);
  const button = new KillButton(payers, telling(print, 'the payment service'));
  const placing = new Placing(lanes, minutes, telling(print, 'an order'));
  try {
    const server = await startLiveServer({
      look: () => ({
        texts: textsOf(standings(), Date.now()),
        isKilling: button.isDown,
        isPlacing: placing.isOn,
      }),
      kill: () => button.press(),
      turnPlacing: (isOn) => {
        placing.turn(isOn);
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

const standingOf = ({ name, counters, payer }: Lane): Standing => ({
  name,
  counters: counters(),
  isAway: payer.runsSinceMs === undefined,
});

function failuresOf({ name, orders, around }: Lane): readonly string[] {
  return orders().flatMap((order) => {
    const { orderId, brokenRules = [] } = order;
    const what = [...(stageOf(order, around()) === 'stuck' ? ['stuck'] : []), ...brokenRules];
    return what.length === 0 ? [] : [`${name} ${orderId}: ${what.join(', ')}`];
  });
}

const telling =
  (print: Print, what: string) =>
  (error: unknown): void => {
    print(`${what}: ${messageOf(error)}`);
  };
