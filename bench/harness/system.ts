import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { inheritedEnvironment, type Environment } from '../../src/config.js';
import type { Part, RoleName } from '../../src/up/part.js';
import { apiUrl, roleEnvironment, rolePart, roleScript, sandboxUrl } from '../../src/up/roles.js';
import { openPool, type Stack } from './stack.js';
import { SupervisedProcess } from './supervised-process.js';

export interface Member {
  readonly role: RoleName;
  /** Default: the role's; for several of one role. */
  readonly name?: string;
  readonly script?: string;
  readonly environment?: Environment;
  /** What Node is told before the script, such as `--cpu-prof`. */
  readonly nodeArguments?: readonly string[];
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

/** Its comparison with the providers' ledgers would fall on whatever is measured just then. */
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

/** Not by NODE_OPTIONS, which refuses the profiler's options. */
const toldNode = (part: Part, told: readonly string[] = []): Part => ({
  ...part,
  launch: async () => {
    const launch = await part.launch();
    const [node, ...rest] = launch.command;
    return { ...launch, command: [node, ...told, ...rest] };
  },
});

export type System = Awaited<ReturnType<typeof startSystem>>;

/** @param common what all get, beside what their role and member ask for */
export async function startSystem(
  { wiring, logFolder }: Stack,
  members: readonly Member[],
  common: { readonly environment?: Environment; readonly argument?: string } = {},
) {
  const pool = openPool(wiring.databaseUrl);
  const sandboxPool = openPool(wiring.sandboxDatabaseUrl);
  const connection = Connection.lazy({ address: wiring.temporalAddress });
  const client = new Client({ connection, namespace: wiring.temporalNamespace });
  const processes = new Map<string, SupervisedProcess>();
  const start = async (member: Member): Promise<void> => {
    const { role, name = role, script = roleScript(role), environment, nodeArguments } = member;
    if (!existsSync(script)) throw new Error(`There is no ${script}`);
    const part = rolePart({
      role,
      script,
      args: common.argument === undefined ? [] : [common.argument],
      environment: {
        ...inheritedEnvironment(),
        ...roleEnvironment(role, wiring),
        ...common.environment,
        ...environment,
      },
      logFile: join(logFolder, `${name}.log`),
    });
    processes.set(name, await SupervisedProcess.start(toldNode(part, nodeArguments)));
  };
  const disconnect = async (): Promise<void> => {
    await client.connection.close();
    await Promise.all([pool.end(), sandboxPool.end()]);
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((one) => one.stop()));
    await disconnect();
  };
  // The sandbox first, since the others talk to it.
  const isSandbox = ({ role }: Member) => role === 'sandbox';
  const others = members.filter((member) => !isSandbox(member));
  for (const some of [members.filter(isSandbox), others]) {
    const started = await Promise.allSettled(some.map(start));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed === undefined) continue;
    await stop();
    throw failed.reason;
  }
  return {
    ...{ pool, sandboxPool, client, stop, apiUrl: apiUrl(wiring), sandboxUrl: sandboxUrl(wiring) },
    process(name: string): SupervisedProcess {
      const found = processes.get(name);
      if (found === undefined) throw new Error(`There is no ${name}`);
      return found;
    },
    get pids(): Readonly<Record<string, number>> {
      return Object.fromEntries([...processes].map(([name, { pid }]) => [name, pid]));
    },
    /** The last first: whatever is started next on the same Temporal finds no task lost to the dead. */
    async stopGently(): Promise<void> {
      for (const one of [...processes.values()].reverse()) await one.stopGently();
      await disconnect();
    },
  };
}
