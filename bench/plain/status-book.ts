import type { Step, StepResult } from '../../src/activities/step.js';
import { changesState, evolveAll } from '../../src/domain/evolve.js';
import type { Fact } from '../../src/domain/facts.js';
import { placedWith, type OrderState } from '../../src/domain/order-state.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import type { PlainActivities } from './activities.js';

/** Where the order stands, and its status writes: each an activity of its own. */
export class StatusBook {
  state: OrderState;
  private readonly orderId: OrderInput['orderId'];
  private revision = 0;

  constructor(
    { orderId, total }: OrderInput,
    private readonly activities: Pick<PlainActivities, 'writeStatus'>,
  ) {
    this.orderId = orderId;
    this.state = placedWith(total);
  }

  step(): Step {
    return { orderId: this.orderId, revision: this.revision + 1, before: this.state };
  }

  /** Waits for a step and writes what it brought about. @param key names the write in the order */
  async recordOutcome<Outcome>(
    key: string,
    running: Promise<StepResult<Outcome>>,
  ): Promise<Outcome> {
    const { outcome, facts } = await running;
    await this.write(key, facts);
    return outcome;
  }

  async write(key: string, facts: readonly Fact[]): Promise<void> {
    const { orderId } = this;
    if (!facts.some((fact) => changesState(fact.type))) {
      await this.activities.writeStatus({ orderId, key, facts });
      return;
    }
    this.revision += 1;
    this.state = evolveAll(this.state, facts);
    const change = { revision: this.revision, state: this.state };
    await this.activities.writeStatus({ orderId, key, facts, change });
  }
}
