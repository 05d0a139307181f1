import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { inheritedEnvironment, type Environment } from '../../src/config.js';
import { roleEnvironment, roleScript, type StackAddresses } from '../../src/up/roles.js';
import { KeptProcess } from '../prove-events/kept-process.js';
import type { Arm, Member } from './arms.js';

export interface CrewOptions {
  readonly arm: Arm;
  readonly wiring: StackAddresses;
  /** What happens to which order, and where the processes note it. */
  readonly pointsFolder: string;
  readonly logFolder: string;
  readonly pace: Pace;
  /** What all of them are told beside what their role and their arm ask for. */
  readonly environment?: Environment;
}

/** More orders come in an hour than a shop lets one card place unapproved. */
const withoutVelocityRules: Environment = {
  RISK_ORDERS_PER_CUSTOMER_PER_HOUR: '1000000',
  RISK_ORDERS_PER_CARD_PER_HOUR: '1000000',
};

/** The processes of an arm: whichever dies is started again at once. */
export class Crew {
  private constructor(private readonly processes: ReadonlyMap<string, KeptProcess>) {}

  /** The sandbox first, since the others talk to it. */
  static async start(options: CrewOptions): Promise<Crew> {
    const processes = new Map<string, KeptProcess>();
    const crew = new Crew(processes);
    const start = async (member: Member): Promise<void> => {
      processes.set(nameOf(member), await KeptProcess.start(() => launchOf(member, options)));
    };
    const { arm, pace } = options;
    try {
      await start({
        role: 'sandbox',
        script: roleScript('sandbox'),
        environment: {
          SANDBOX_TRACKING_PACE_MS: String(pace.stepMs),
          SANDBOX_PICK_UP_MS: String(pace.pickUpMs),
        },
      });
      const api = { role: 'api', script: roleScript('api'), environment: withoutVelocityRules };
      const others = await Promise.allSettled([...arm.members, api as Member].map(start));
      const failed = others.find((other) => other.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      await crew.stop();
      throw error;
    }
    return crew;
  }

  /** @throws Error when the arm has no such process */
  process(name: string): KeptProcess {
    const found = this.processes.get(name);
    if (found === undefined) throw new Error(`There is no ${name}`);
    return found;
  }

  /** Those of the service itself; the sandbox stands for others. */
  get ownPids(): readonly number[] {
    return [...this.processes].flatMap(([name, { pid }]) =>
      name === 'sandbox' || pid === undefined ? [] : [pid],
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((process) => process.stop()));
  }
}

const nameOf = ({ role, name = role }: Member): string => name;

function launchOf(member: Member, options: CrewOptions) {
  const { role, script, environment = {} } = member;
  const { wiring, pointsFolder, logFolder } = options;
  if (!existsSync(script)) throw new Error(`There is no ${script}`);
  return {
    command: [process.execPath, script, pointsFolder] as [string, ...string[]],
    environment: {
      ...inheritedEnvironment(),
      LOG_LEVEL: 'warn',
      ...roleEnvironment(role, wiring),
      ...options.environment,
      ...environment,
    },
    logFile: join(logFolder, `${nameOf(member)}.log`),
    channel: true,
  };
}
