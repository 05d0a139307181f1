import { bodyOf, postJson } from '../../../src/up/json-client.js';
import type { Boundary, Deed, MishapKind, Step } from '../schedule/plans.js';
import { dueDeeds, nameOf, nameOfMishap, note, readPoints, type Points } from './points.js';

export interface FailpointOptions {
  readonly folder: string;
  readonly sandboxUrl: string;
  /** How the process ends; at once, unless a test looks on. */
  readonly die?: () => Promise<void>;
}

/** The places at which this process may die, and what it has providers do wrong. */
export class Failpoints {
  private readonly points: Points;
  private readonly customers = new Map<string, string>();

  constructor(private readonly options: FailpointOptions) {
    this.points = readPoints(options.folder);
  }

  get isQuiet(): boolean {
    return Object.keys(this.points).length === 0;
  }

  concerns(customerId: string): boolean {
    return customerId in this.points;
  }

  /** Whose order it is; asked once for each order. */
  async customerOf(orderId: string, ask: () => Promise<string>): Promise<string> {
    const customerId = this.customers.get(orderId) ?? (await ask());
    this.customers.set(orderId, customerId);
    return customerId;
  }

  /** Does what is due here. May not return: then the process was killed. */
  async meet(
    order: { readonly orderId: string; readonly customerId: string },
    step: Step,
    boundary: Boundary,
  ): Promise<void> {
    const { folder } = this.options;
    const where = { folder, points: this.points };
    for (const deed of dueDeeds(where, order.customerId, step, boundary)) {
      if (note(folder, order.customerId, nameOf(deed))) await this.#do(deed, order.orderId);
    }
  }

  /** What is to become of this message, once; for messages that nothing keeps safe. */
  mishap(customerId: string, event: string): MishapKind | undefined {
    const planned = this.points[customerId]?.mishap;
    if (planned?.event !== event) return undefined;
    const isFirst = note(this.options.folder, customerId, nameOfMishap(planned));
    return isFirst ? planned.kind : undefined;
  }

  async #do(deed: Deed, orderId: string): Promise<void> {
    switch (deed.kind) {
      case 'die':
        return (this.options.die ?? die)();
      case 'provider': {
        const { sandboxUrl } = this.options;
        const fault = { ...deed.fault, order_id: orderId };
        bodyOf(await postJson(new URL('/control/faults', sandboxUrl).href, fault));
      }
    }
  }
}

/** As when its machine loses power: nothing is finished, nobody is told. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
