import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { OrderLife } from './order-life.js';
import type { Undos } from './undos.js';

/**
 * What is done beside the main line. A side step never rolls the order back and never holds it up:
 * one that fails for good becomes work for a person.
 */
export class SideSteps {
  /** Cancelled by `stop()` alone; what cancels the order passes it by. */
  private readonly scope = new CancellationScope({
    cancellable: true,
    parent: new CancellationScope({ cancellable: false }),
  });
  private readonly running: Promise<void>[] = [];

  constructor(
    private readonly life: OrderLife,
    private readonly undos: Undos,
  ) {}

  /** Everyone who must know hears of the confirmed order, side by side. */
  announce(): void {
    const { life } = this;
    this.run('sendOrderConfirmation', () =>
      life.performAside('sendOrderConfirmation', {}, 'Tell the buyer'),
    );
    this.run('notifySeller', () =>
      life.performAside('notifySeller', {}, 'Ask the sellers to keep the goods ready'),
    );
    this.registerUndos();
    this.run('assignDeliveryPartner', () =>
      life.performAside('assignDeliveryPartner', {}, 'Find a delivery partner'),
    );
    if (!life.input.member) return;
    this.run('awardPoints', () => life.performAside('awardPoints', {}, 'Award reward points'));
  }

  registerUndos(): void {
    const { life, undos } = this;
    undos.register('releaseDeliveryPartner', () =>
      life.perform('releaseDeliveryPartner', {}, 'Release the delivery partner'),
    );
    if (!life.input.member) return;
    undos.register('revokePoints', () => life.perform('revokePoints', {}, 'Take the points back'));
  }

  /** After the order ended without a delivery: the buyer is told. */
  tellTheEnd(ending: 'cancelled' | 'rejected'): void {
    const tell = () =>
      this.life.performAside('sendCancellation', { ending }, `Tell the buyer: ${ending}`);
    this.running.push(this.guard('sendCancellation', tell));
  }

  /** Stops what is still being tried, and waits for what can't be stopped. */
  async stop(): Promise<void> {
    this.scope.cancel();
    await this.settled();
  }

  async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  private run(name: string, step: () => Promise<void>): void {
    this.running.push(this.scope.run(() => this.guard(name, step)));
  }

  private async guard(name: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isCancellation(error)) return;
      log.error('side step failed for good', { name, error });
      await this.life.raiseAttention('side_step_failed', name);
    }
  }
}
