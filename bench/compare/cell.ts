import { join } from 'node:path';
import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { exampleOrder } from '../../src/up/demo.js';
import { bodyOf, postJson } from '../../src/up/json-client.js';
import type { StackAddresses } from '../../src/up/roles.js';
import { ApiClient, type Placed } from '../harness/api-client.js';
import type { Stack } from '../harness/stack.js';
import { api, sandbox, System } from '../harness/system.js';
import { watchProgress, type Sight, type Watch } from '../harness/watch.js';
import type { Environment } from '../../src/config.js';
import type { Expected } from '../ledgers/evidence.js';
import { writePoints } from './failpoints/points.js';
import type { OrderPlan, ProviderFault, SeedPlan } from './schedule/plans.js';
import type { Variant } from './variants.js';

/** An order that was placed, and what was done with it. */
export type Driven = Placed & Expected & { readonly customerId: string };

export interface CellOptions {
  readonly variant: Variant;
  readonly wiring: StackAddresses;
  readonly logFolder: string;
  /** What happens to which order, and where the processes note it. */
  readonly pointsFolder: string;
  readonly pace: Pace;
  readonly environment?: Environment;
  readonly serviceLevel?: string;
}

export class Cell {
  readonly progress: Watch<Sight>;
  readonly client: ApiClient;

  private constructor(
    readonly options: CellOptions,
    readonly system: System,
  ) {
    const { variant, serviceLevel = 'demo' } = options;
    this.progress = watchProgress(system.pool);
    this.client = new ApiClient(system.apiUrl, {
      service_level: serviceLevel,
      coordination: variant.coordination,
    });
  }

  static async open(options: CellOptions): Promise<Cell> {
    const { variant, pace, pointsFolder, environment } = options;
    const system = await System.start({
      ...options,
      members: [sandbox(pace.stepMs, pace.pickUpMs), api, ...variant.members],
      argument: pointsFolder,
      environment: { LOG_LEVEL: 'warn', ...environment },
    });
    return new Cell(options, system);
  }

  async place(plan: OrderPlan): Promise<Driven> {
    const { customerId, isMember, lines, paymentMethod, city, excuses } = plan;
    const placed = await this.client.place(
      { id: customerId, member: isMember },
      {
        lines,
        payment_method: paymentMethod,
        shipping_address: { ...exampleOrder.shipping_address, city },
      },
      `compare ${customerId}`,
    );
    return { ...placed, customerId, isMember, excuses, cancelStatus: undefined };
  }

  sight(id: string): Sight {
    return this.progress.row(id) ?? { id, isEnded: false, facts: [], waits: [] };
  }

  async stop(): Promise<void> {
    await this.progress.stop();
    await this.system.stop();
  }
}

/** In a new stack. @param plans what happens to which order */
export async function openCell(
  stack: Stack,
  variant: Variant,
  plans: readonly SeedPlan[],
  options: Pick<CellOptions, 'pace' | 'environment' | 'serviceLevel'>,
): Promise<Cell> {
  // The engine has to be there again after a restart.
  const folder = await stack.renew(variant.hasEngine ? 'file' : 'none');
  const pointsFolder = join(folder, 'points');
  writePoints(pointsFolder, plans);
  const { wiring, logFolder } = stack;
  return Cell.open({ ...options, variant, wiring, logFolder, pointsFolder });
}

/** The sandbox does something wrong with the order next. */
export async function orderFault(
  { sandboxUrl }: Pick<System, 'sandboxUrl'>,
  orderId: string,
  fault: ProviderFault,
): Promise<void> {
  bodyOf(await postJson(`${sandboxUrl}/control/faults`, { ...fault, order_id: orderId }));
}
