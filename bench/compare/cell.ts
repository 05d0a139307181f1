import { join } from 'node:path';
import type { Environment } from '../../src/config.js';
import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { exampleOrder } from '../../src/up/demo.js';
import { ApiClient, type Placed } from '../harness/api-client.js';
import type { Stack } from '../harness/stack.js';
import { api, sandbox, startSystem } from '../harness/system.js';
import { watchProgress, type Sight } from '../harness/watch.js';
import type { Expected } from '../ledgers/rules.js';
import { writePoints } from './failpoints/failpoints.js';
import type { OrderPlan, SeedPlan } from './schedule/orders.js';
import type { Variant } from './variants.js';

export type Driven = Placed & Expected & { readonly customerId: string };

interface CellOptions {
  readonly pace: Pace;
  readonly environment?: Environment;
  readonly serviceLevel?: string;
}

export type Cell = Awaited<ReturnType<typeof openCell>>;

/** A variant on an empty stack, and the orders that go through it. */
export async function openCell(
  stack: Stack,
  variant: Variant,
  plans: readonly SeedPlan[],
  { pace, environment, serviceLevel = 'demo' }: CellOptions,
) {
  // The engine has to be there again after a restart.
  const folder = await stack.renew(variant.hasEngine ? 'file' : 'none');
  /** What happens to which order, and where the processes note it. */
  const pointsFolder = join(folder, 'points');
  writePoints(pointsFolder, plans);
  const members = [sandbox(pace.stepMs, pace.pickUpMs), api, ...variant.members];
  const system = await startSystem(stack, members, {
    argument: pointsFolder,
    environment: { LOG_LEVEL: 'warn', ...environment },
  });
  const progress = watchProgress(system.pool);
  const { coordination } = variant;
  const client = new ApiClient(system.apiUrl, { service_level: serviceLevel, coordination });
  return {
    variant,
    pointsFolder,
    system,
    progress,
    client,
    async place(plan: OrderPlan): Promise<Driven> {
      const { customerId, isMember, lines, paymentMethod, city, excuses } = plan;
      const address = { ...exampleOrder.shipping_address, city };
      const placed = await client.place(
        { id: customerId, member: isMember },
        { lines, payment_method: paymentMethod, shipping_address: address },
        `compare ${customerId}`,
      );
      return { ...placed, customerId, isMember, excuses, cancelStatus: undefined };
    },
    sight: (id: string): Sight => progress.row(id) ?? { id, isEnded: false, facts: [], waits: [] },
    stop: async (): Promise<void> => {
      await progress.stop();
      await system.stop();
    },
  };
}
