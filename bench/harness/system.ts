import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { inheritedEnvironment, type Environment } from '../../src/config.js';
import type { RoleName } from '../../src/up/part.js';
import { apiUrl, roleEnvironment, roleScript, sandboxUrl } from '../../src/up/roles.js';
import { openPool, type Stack } from './stack.js';
import { nodePart, SupervisedProcess } from './supervised-process.js';

export interface Member {
  readonly role: RoleName;
  /** Default: the role's; for several of one role. */
  readonly name?: string;
  readonly script?: string;
  readonly environment?: Environment;
}

/** What all processes get, beside what their role and member ask for. */
interface Common {
  readonly environment?: Environment;
  readonly argument?: string;
}

export const benchScript = (path: string): string =>
  fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The load has more orders in an hour than a shop lets one customer or card place unapproved. */
export const api: Member = {
  role: 'api',
  environment: {
    RISK_ORDERS_PER_CUSTOMER_PER_HOUR: '1000000',
    RISK_ORDERS_PER_CARD_PER_HOUR: '1000000',
  },
};

/** Its comparison with the providers' books would fall on whatever is measured just then. */
export const worker: Member = { role: 'worker', environment: { RECONCILE_INTERVAL_MS: '0' } };

/** @param pickUpMs of a parcel; default: as long as each move of it */
export const sandbox = (moveMs: number, pickUpMs = moveMs, environment?: Environment): Member => ({
  role: 'sandbox',
  environment: {
    SANDBOX_TRACKING_PACE_MS: String(moveMs),
    SANDBOX_PICK_UP_MS: String(pickUpMs),
    ...environment,
  },
});

export type Place = Pick<Stack, 'wiring' | 'logFolder'>;

/** The processes that carry orders, and the connections to what they use. */
export class System {
  readonly pool: pg.Pool;
  readonly sandboxPool: pg.Pool;
  readonly client: Client;
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly #processes = new Map<string, SupervisedProcess>();

  private constructor(
    private readonly stack: Place,
    private readonly common: Common,
  ) {
    const { wiring } = stack;
    this.pool = openPool(wiring.databaseUrl);
    this.sandboxPool = openPool(wiring.sandboxDatabaseUrl);
    const connection = Connection.lazy({ address: wiring.temporalAddress });
    this.client = new Client({ connection, namespace: wiring.temporalNamespace });
    this.apiUrl = apiUrl(wiring);
    this.sandboxUrl = sandboxUrl(wiring);
  }

  /** The sandbox first, since the others talk to it. */
  static async start(
    stack: Place,
    members: readonly Member[],
    common: Common = {},
  ): Promise<System> {
    const system = new System(stack, common);
    const isSandbox = ({ role }: Member) => role === 'sandbox';
    try {
      for (const member of members.filter(isSandbox)) await system.#start(member);
      const others = members.filter((member) => !isSandbox(member));
      const started = await Promise.allSettled(others.map((member) => system.#start(member)));
      const failed = started.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** @throws Error when there is no such process */
  process(name: string): SupervisedProcess {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`There is no ${name}`);
    return found;
  }

  get pids(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#processes].map(([name, { pid }]) => [name, pid]));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((one) => one.stop()));
    await this.#disconnect();
  }

  /** The last first: whatever is started next on the same Temporal finds no task lost to the dead. */
  async stopGently(): Promise<void> {
    for (const one of [...this.#processes.values()].reverse()) await one.stopGently();
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    await this.client.connection.close();
    await Promise.all([this.pool.end(), this.sandboxPool.end()]);
  }

  async #start(member: Member): Promise<void> {
    const { role, name = role, script = roleScript(role), environment = {} } = member;
    const { wiring, logFolder } = this.stack;
    const { argument } = this.common;
    if (!existsSync(script)) throw new Error(`There is no ${script}`);
    const part = nodePart({
      name: role,
      command: () => (argument === undefined ? [script] : [script, argument]),
      environment: {
        ...inheritedEnvironment(),
        ...roleEnvironment(role, wiring),
        ...this.common.environment,
        ...environment,
      },
      logFile: join(logFolder, `${name}.log`),
    });
    this.#processes.set(name, await SupervisedProcess.start(part));
  }
}
