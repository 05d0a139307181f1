import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandleWithStartDetails } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { afterAll, beforeAll } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import type { Ports } from '../../src/activities/ports.js';
import { money } from '../../src/domain/money.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import { standardServiceLevel, type ServiceLevel } from '../../src/domain/service-level.js';
import type { OrderInput, ReturnInput } from '../../src/workflows/messages.js';
import type { order } from '../../src/workflows/order.js';
import type { returnGoods } from '../../src/workflows/return.js';
import { sharedEnvironment } from './environment.js';
import { Fakes } from './fakes.js';
import { PlacedOrder } from './placed-order.js';
import { aReturnInput, PlacedReturn, prepareReturn } from './placed-return.js';

export type OrderHandle = WorkflowHandleWithStartDetails<typeof order>;

export const workflowBundlePath = fileURLToPath(
  new URL('../../dist/workflow-bundle.js', import.meta.url),
);

/** Input of an order of two packets of tea, 17.80 EUR, of a member. */
export const anOrderInput = (changes: Partial<OrderInput> = {}): OrderInput => ({
  orderId: typeid('ord').toString(),
  customerId: 'cus_42',
  member: true,
  lines: [{ sku: 'TEA-100', quantity: 2, amount: money(1780, 'EUR') }],
  shipping: money(0, 'EUR'),
  total: money(1780, 'EUR'),
  placedAt: new Date().toISOString(),
  policy: defaultPolicy,
  verification: nothingToVerify,
  codeChannel: 'email',
  serviceLevel: standardServiceLevel,
  ...changes,
});

/** The standard service level, in a hurry at one point. */
export const hurried = (changes: Partial<ServiceLevel>): Pick<OrderInput, 'serviceLevel'> => ({
  serviceLevel: { ...standardServiceLevel, ...changes },
});

/** Neither another card nor another address is waited for. */
export const noSecondChances: ServiceLevel = {
  ...standardServiceLevel,
  payment: { confirmMs: 0, retryMs: 0 },
  address: { fixMs: 0 },
};

export const withPolicy = (changes: Partial<OrderInput['policy']>) => ({
  policy: { ...defaultPolicy, ...changes },
});

/** One worker for all orders of a test file; each order has fakes of its own behind the ports. */
export class OrderWorker {
  private readonly fakesOf = new Map<string, Fakes>();
  readonly taskQueue = typeid('queue').toString();
  private worker: Worker | undefined;
  private running: Promise<void> | undefined;

  /** @param workflowBundle the code that the orders run; ours unless another is given */
  constructor(
    readonly environment: TestWorkflowEnvironment,
    private readonly workflowBundle: WorkflowBundleOption = { codePath: workflowBundlePath },
  ) {}

  async open(): Promise<void> {
    this.worker = await Worker.create({
      connection: this.environment.nativeConnection,
      taskQueue: this.taskQueue,
      workflowBundle: this.workflowBundle,
      activities: createActivities(this.ports()),
      // A test that failed may have left a call behind that never answers.
      shutdownForceTime: 2_000,
    });
    this.running = this.worker.run();
  }

  async close(): Promise<void> {
    this.worker?.shutdown();
    await this.running?.catch(() => undefined);
  }

  /** @param prepare what is out of the ordinary in the order's fakes */
  async place(
    changes: Partial<OrderInput> = {},
    prepare: (fakes: Fakes) => void = () => undefined,
  ): Promise<PlacedOrder> {
    const input = anOrderInput(changes);
    const fakes = this.newFakes(input.orderId);
    prepare(fakes);
    const options = this.startOptions(input.orderId);
    const { workflow } = this.environment.client;
    const handle = await workflow.start<typeof order>('order', { args: [input], ...options });
    return new PlacedOrder(handle, fakes);
  }

  /** @param prepare what is out of the ordinary in the return's fakes */
  async placeReturn(
    changes: Partial<ReturnInput> = {},
    prepare: (fakes: Fakes) => void = () => undefined,
  ): Promise<PlacedReturn> {
    const input = aReturnInput(changes);
    const fakes = this.newFakes(input.returnId);
    prepareReturn(fakes, input);
    prepare(fakes);
    const options = { args: [input] as [ReturnInput], ...this.startOptions(input.returnId) };
    const { workflow } = this.environment.client;
    const handle = await workflow.start<typeof returnGoods>('returnGoods', options);
    return new PlacedReturn(handle, fakes, input);
  }

  newFakes(workflowId: string): Fakes {
    const fakes = new Fakes();
    this.fakesOf.set(workflowId, fakes);
    return fakes;
  }

  private startOptions(workflowId: string) {
    return { workflowId, taskQueue: this.taskQueue, workflowTaskTimeout: 10_000 };
  }

  /** Each call goes to the fakes of the order, or of the return, that makes it. */
  private ports(): Ports {
    const portNames = Object.keys(new Fakes().ports);
    const ports = portNames.map((port) => [port, this.portOfCaller(port as keyof Ports)]);
    return Object.fromEntries(ports) as Ports;
  }

  private portOfCaller(port: keyof Ports): object {
    const ofCaller = () => this.callersFakes().ports[port] ?? missing();
    return new Proxy({}, { get: (_target, name) => Reflect.get(ofCaller(), name) as unknown });
  }

  private callersFakes(): Fakes {
    const { workflowId } = Context.current().info.workflowExecution ?? missing();
    return this.fakesOf.get(workflowId) ?? missing();
  }
}

function missing(): never {
  throw new Error('The worker is closed, or this is not one of its orders');
}

/**
 * A worker for orders that runs during the tests of a file or suite.
 * @param open the server: the one that all share, unless days have to be skipped
 */
export function useOrderWorker(
  open = sharedEnvironment,
): Pick<OrderWorker, 'place' | 'placeReturn'> {
  let worker: OrderWorker | undefined;
  beforeAll(async () => {
    worker = new OrderWorker(await open());
    await worker.open();
  });
  afterAll(async () => {
    await worker?.close();
    await worker?.environment.teardown();
  });
  return {
    place: (...order) => (worker ?? missing()).place(...order),
    placeReturn: (...placed) => (worker ?? missing()).placeReturn(...placed),
  };
}
