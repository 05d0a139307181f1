import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { typeid } from 'typeid-js';
import { afterAll, beforeAll, expect } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import type { Ports } from '../../src/activities/ports.js';
import type { OrderSummary } from '../../src/workflows/messages.js';
import { statusQuery, type OrderInput } from '../../src/workflows/messages.js';
import type { order } from '../../src/workflows/order.js';
import { sharedEnvironment } from './environment.js';
import { anOrderInput, workflowBundlePath, type OrderHandle } from './order-worker.js';
import { waitFor } from './wait-for.js';
import { World } from './world.js';

/** An order and the world that it lives in. */
export interface PlacedOrder {
  readonly handle: OrderHandle;
  readonly world: World;
}

/** One worker for all orders of a test file; each order has a world of its own behind the ports. */
export class OrderDesk {
  private readonly worlds = new Map<string, World>();
  private readonly taskQueue = typeid('queue').toString();
  private environment: TestWorkflowEnvironment | undefined;
  private worker: Worker | undefined;
  private running: Promise<void> | undefined;

  async open(): Promise<void> {
    this.environment = await sharedEnvironment();
    this.worker = await Worker.create({
      connection: this.environment.nativeConnection,
      taskQueue: this.taskQueue,
      workflowBundle: { codePath: workflowBundlePath },
      activities: createActivities(this.ports()),
      // A test that failed may have left a call behind that never answers.
      shutdownForceTime: 2_000,
    });
    this.running = this.worker.run();
  }

  async close(): Promise<void> {
    this.worker?.shutdown();
    await this.running?.catch(() => undefined);
    await this.environment?.teardown();
  }

  /** @param prepare what is out of the ordinary in the order's world */
  async place(
    changes: Partial<OrderInput> = {},
    prepare: (world: World) => void = () => undefined,
  ): Promise<PlacedOrder> {
    const world = new World();
    prepare(world);
    const input = anOrderInput(changes);
    this.worlds.set(input.orderId, world);
    const { client } = this.environment ?? missing();
    const handle = await client.workflow.start<typeof order>('order', {
      args: [input],
      workflowId: input.orderId,
      taskQueue: this.taskQueue,
      workflowTaskTimeout: 10_000,
    });
    return { handle, world };
  }

  /** Each call goes to the world of the order that makes it. */
  private ports(): Ports {
    const portNames = Object.keys(new World().ports);
    const ports = portNames.map((port) => [port, this.portOfCaller(port as keyof Ports)]);
    return Object.fromEntries(ports) as Ports;
  }

  private portOfCaller(port: keyof Ports): object {
    const ofCaller = () => this.callersWorld().ports[port] ?? missing();
    return new Proxy({}, { get: (_target, name) => Reflect.get(ofCaller(), name) as unknown });
  }

  private callersWorld(): World {
    const { workflowId } = Context.current().info.workflowExecution ?? missing();
    return this.worlds.get(workflowId) ?? missing();
  }
}

/** An order desk that is open while the tests of a file run. */
export function useOrderDesk(): OrderDesk {
  const desk = new OrderDesk();
  beforeAll(() => desk.open());
  afterAll(() => desk.close());
  return desk;
}

function missing(): never {
  throw new Error('The order desk is closed, or this is not one of its orders');
}

export const waitForState = (handle: OrderHandle, state: Partial<OrderSummary>): Promise<void> =>
  waitFor(`an order in ${JSON.stringify(state)}`, async () => {
    expect(await handle.query(statusQuery)).toMatchObject(state);
  });

export const timesAsked = ({ world }: Pick<PlacedOrder, 'world'>, call: string): number =>
  world.calls.filter((name) => name === call).length;

export const waitForCall = (world: World, call: string, times = 1): Promise<void> =>
  waitFor(`call ${times} of ${call}`, () => {
    expect(timesAsked({ world }, call)).toBeGreaterThanOrEqual(times);
  });

/** Waits for the order's end. Its row must tell the same as its workflow. */
export async function endOf({ handle, world }: PlacedOrder): Promise<OrderSummary> {
  const summary = await handle.result();
  const { status, stage, paymentStatus, fulfillmentStatus } = summary;
  expect(world.rows.get(handle.workflowId)?.state, 'the row').toMatchObject({
    status,
    stage,
    paymentStatus,
    fulfillmentStatus,
  });
  return summary;
}
