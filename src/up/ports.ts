import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

const defaults = {
  api: 3000,
  temporal: 7233,
  temporalUi: 8233,
  sandbox: 4000,
  smtp: 2525,
  postgres: 5432,
  workerMetrics: 9464,
} as const;

type PortName = keyof typeof defaults;
export type Ports = Readonly<Record<PortName, number>>;

/** `free` is for tests: random ports; a base numbers them from there on. */
export type PortWish = 'default' | 'free' | { readonly base: number };

const names = Object.keys(defaults) as readonly PortName[];
const stepsOn = 100;

/** Below the range from which systems take ports for outgoing connections. */
const freeRange = { from: 12_000, to: 32_000 } as const;

/** Chooses a port for every part; one that is taken moves on to the next. */
export async function choosePorts(wish: PortWish): Promise<Ports> {
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of names) {
    const first = preferred(name, wish);
    chosen[name] = await getPort({
      host: '127.0.0.1',
      port: portNumbers(first, first + stepsOn),
      exclude: Object.values(chosen),
    });
  }
  return chosen as Ports;
}

function preferred(name: PortName, wish: PortWish): number {
  if (wish === 'default') return defaults[name];
  if (wish === 'free') return randomInt(freeRange.from, freeRange.to);
  return wish.base + names.indexOf(name);
}
