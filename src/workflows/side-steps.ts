import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { PartnerOffer } from '../activities/ports.js';
import type { Journey, Stop } from './journey.js';
import { partnerAnswers, type PartnerAnswers } from './partner-answers.js';
import type { PayloadOf } from './order-life.js';

type MailPayload = PayloadOf<'sendMail'>;

/**
 * What is done beside the main line. A side step never rolls the order back and never holds it up:
 * one that fails for good becomes work for a person.
 */
export class SideSteps {
  /** Cancelled by `cancel()` alone; what cancels the order passes it by. */
  private scope = uncancelled();
  private readonly running: Promise<void>[] = [];
  private hasAnnounced = false;
  private readonly answers: PartnerAnswers = partnerAnswers();

  constructor(private readonly journey: Journey) {}

  /** Everyone who must know hears of the confirmed order, side by side. */
  announce(): void {
    const { life, reducedTo } = this.journey;
    const lines = reducedTo === undefined ? {} : { lines: reducedTo };
    this.hasAnnounced = true;
    this.run('sendOrderConfirmation', () =>
      life.performAside('sendOrderConfirmation', lines, 'Tell the buyer'),
    );
    this.run('notifySeller', () =>
      life.performAside('notifySeller', lines, 'Ask the sellers to keep the goods ready'),
    );
    this.registerUndos();
    this.run('assignDeliveryPartner', () => this.findPartner());
    if (life.input.policy.pointsAt === 'confirmed') this.awardPoints();
  }

  /** Members get their points when the policy says. */
  awardPoints(): void {
    const { life } = this.journey;
    if (!life.input.member) return;
    this.run('awardPoints', () => life.performAside('awardPoints', {}, 'Award reward points'));
  }

  registerUndos(): void {
    const { life, undos } = this.journey;
    undos.register({
      name: 'releaseDeliveryPartner',
      run: () => life.perform('releaseDeliveryPartner', {}, 'Release the delivery partner'),
    });
    if (!life.input.member) return;
    undos.register({
      name: 'revokePoints',
      run: () => life.perform('revokePoints', {}, 'Take the points back'),
    });
  }

  mail(template: MailPayload['template'], rest: Omit<MailPayload, 'template'> = {}): void {
    const { life } = this.journey;
    const name = ['sendMail', template, rest.sequence].filter(Boolean).join(':');
    this.run(name, () => life.performAside('sendMail', { template, ...rest }, `Mail: ${template}`));
  }

  /** After the order ended without a delivery: the buyer is told, and so are sellers who wait. */
  tellTheEnd(stop: Stop): void {
    const { life } = this.journey;
    const ending = stop.kind === 'cancelled' ? 'cancelled' : 'rejected';
    const reason = stop.kind === 'rejected' ? { reason: stop.reason } : {};
    const payload = { ending, tellSellers: this.hasAnnounced, ...reason } as const;
    this.run('sendCancellation', () =>
      life.performAside('sendCancellation', payload, `Tell the buyer: ${ending}`),
    );
  }

  /**
   * Stops what is still being tried. Called in the moment in which the main line is stopped: a side step
   * that began between that and the stop's consequences would begin in one run and not in another, for
   * nobody knows when a cancelled activity comes back that was not sent yet (docs/decisions/0014).
   */
  cancel(): void {
    this.scope.cancel();
  }

  /** Stops what is still being tried, and waits for what can't be stopped. */
  async stop(): Promise<void> {
    this.cancel();
    await this.settled();
    this.scope = uncancelled();
  }

  async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  /** One partner is asked after the other, until one takes the order or there is none left. */
  private async findPartner(): Promise<void> {
    const { life, deadlines } = this.journey;
    const { acceptMs } = life.input.serviceLevel.offer;
    for (let round = 0; ; round += 1) {
      const payload = { round, acceptMs };
      const offer: PartnerOffer = await life.performAside(
        'assignDeliveryPartner',
        payload,
        'Find a delivery partner',
      );
      if (offer.kind !== 'offered') return;
      const { offerId } = offer;
      await deadlines.until(() => this.answers.has(offerId), acceptMs);
      const answer = this.answers.get(offerId) ?? 'silent';
      const settled = await life.performAside(
        'settleDeliveryOffer',
        { offerId, answer },
        `Delivery partner: ${answer}`,
      );
      if (settled.kind === 'assigned') return;
    }
  }

  private run(name: string, step: () => Promise<unknown>): void {
    const running = this.scope.run(() => this.guard(name, step));
    this.running.push(running.catch(unlessCancelled));
  }

  /** One that fails for good can be tried again by a person, or be left. */
  private async guard(name: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isCancellation(error)) return;
      log.error('side step failed for good', { name, error });
      await this.askForHelp(name, step);
    }
  }

  private async askForHelp(name: string, step: () => Promise<unknown>): Promise<void> {
    const { attention, life } = this.journey;
    const item = await attention.raise('side_step_failed', name);
    const isOver = () => life.state.stage === 'done' || item.resolution !== undefined;
    await condition(isOver).catch(() => undefined);
    if (item.resolution?.choice === 'retry') await this.guard(name, step);
  }
}

/** What is being stopped cannot ask for help, and needs none: its undo comes next. */
function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

const uncancelled = (): CancellationScope =>
  new CancellationScope({
    cancellable: true,
    parent: new CancellationScope({ cancellable: false }),
  });
