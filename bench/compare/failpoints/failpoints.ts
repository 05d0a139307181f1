import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { servicesConfig, type ServicesConfig } from '../../../src/config.js';
import { createLogger, type Logger } from '../../../src/logger.js';
import { runRole } from '../../../src/role.js';
import type { Stoppable } from '../../../src/runtime/polling-loop.js';
import { bodyOf, postJson } from '../../../src/up/json-client.js';
import type {
  Boundary,
  Deed,
  MishapKind,
  OrderPlan,
  ProviderFault,
  SeedPlan,
  Step,
} from '../schedule/orders.js';

/** By the customer, since the order has no id before it is placed. */
type Points = Readonly<Record<string, Pick<OrderPlan, 'deeds' | 'mishap'>>>;

const pointsFile = (folder: string): string => join(folder, 'points.json');

/** Where the processes note what they did, each deed in a file of its own. */
const doneFolder = (folder: string): string => join(folder, 'done');

/** For the processes that are started with the folder: what is to happen to which order. */
export function writePoints(folder: string, seeds: readonly SeedPlan[]): void {
  const points = seeds
    .flatMap(({ orders }) => orders)
    .filter(({ deeds, mishap }) => deeds.length > 0 || mishap !== undefined)
    .map(({ customerId, deeds, mishap }) => [customerId, { deeds, mishap }]);
  mkdirSync(doneFolder(folder), { recursive: true });
  writeFileSync(pointsFile(folder), JSON.stringify(Object.fromEntries(points)));
}

export interface Done {
  readonly customerId: string;
  readonly name: string;
  readonly atMs: number;
}

export async function readNotes(folder: string): Promise<readonly Done[]> {
  const files = await readdir(doneFolder(folder));
  return Promise.all(
    files.map(async (file) => {
      const [customerId = '', ...name] = file.split('.');
      const atMs = Number(await readFile(join(doneFolder(folder), file), 'utf8'));
      return { customerId, name: name.join('.'), atMs };
    }),
  );
}

export const isDeath = ({ name }: Done): boolean => name.startsWith('die.');

/** The places at which this process may die, and what it has providers do wrong. */
export class Failpoints {
  readonly #points: Points;
  readonly #customers = new Map<string, string>();

  /** @param die how the process ends; at once, unless a test replaces it */
  constructor(
    private readonly folder: string,
    private readonly sandboxUrl: string,
    private readonly die: () => Promise<void> = killItself,
  ) {
    this.#points = JSON.parse(readFileSync(pointsFile(folder), 'utf8')) as Points;
  }

  get isQuiet(): boolean {
    return Object.keys(this.#points).length === 0;
  }

  async customerOf(orderId: string, ask: () => Promise<string>): Promise<string> {
    const customerId = this.#customers.get(orderId) ?? (await ask());
    this.#customers.set(orderId, customerId);
    return customerId;
  }

  /** Does what is due here. May not return: then the process was killed. */
  async meet(
    { orderId, customerId }: { readonly orderId: string; readonly customerId: string },
    step: Step,
    boundary: Boundary,
  ): Promise<void> {
    for (const deed of this.#points[customerId]?.deeds ?? []) {
      const isHere = deed.step === step && boundaryOf(deed) === boundary;
      if (isHere && this.#note(customerId, nameOf(deed))) await this.#do(deed, orderId);
    }
  }

  /** What is to become of this message, once; for messages that nothing keeps safe. */
  mishap(customerId: string, event: string): MishapKind | undefined {
    const planned = this.#points[customerId]?.mishap;
    if (planned?.event !== event) return undefined;
    return this.#note(customerId, `mishap.${planned.kind}.${event}`) ? planned.kind : undefined;
  }

  async #do(deed: Deed, orderId: string): Promise<void> {
    return deed.kind === 'die' ? this.die() : orderFault(this.sandboxUrl, orderId, deed.fault);
  }

  /** Of several processes one does it, and once. @returns false when it was done before */
  #note(customerId: string, name: string): boolean {
    try {
      const file = join(doneFolder(this.folder), `${customerId}.${name}`);
      writeFileSync(file, String(Date.now()), { flag: 'wx' });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }
}

export async function orderFault(
  sandboxUrl: string,
  orderId: string,
  fault: ProviderFault,
): Promise<void> {
  const url = new URL('/control/faults', sandboxUrl).href;
  bodyOf(await postJson(url, { ...fault, order_id: orderId }));
}

/** Of this process: its folder is its only argument. */
export const failpointsOf = (sandboxUrl: string): Failpoints =>
  new Failpoints(process.argv[2] ?? '', sandboxUrl);

/** Runs this process as services that may die at any call. */
export const runServices = (
  start: (config: ServicesConfig, log: Logger, failpoints: Failpoints) => Promise<Stoppable>,
): Promise<void> =>
  runRole(
    () => createLogger('services', servicesConfig().LOG_LEVEL),
    (log) => start(servicesConfig(), log, failpointsOf(servicesConfig().STRIPE_API_URL)),
    15_000,
  );

const boundaryOf = (deed: Deed): Boundary =>
  deed.kind === 'die' ? deed.boundary : 'before_effect';

const nameOf = (deed: Deed): string =>
  deed.kind === 'die'
    ? `die.${deed.step}.${deed.boundary}`
    : `${deed.fault.kind}.${deed.step}.${deed.fault.operation}`;

/** As when its machine loses power: nothing is finished, nobody is notified. */
function killItself(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
