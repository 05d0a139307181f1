import { CancellationScope, condition, setHandler, uuid4 } from '@temporalio/workflow';
import { choicesFor, type AttentionReason } from '../domain/attention.js';
import { attentionItem, resolutionKeyOf } from '../domain/attention-item.js';
import type { AttentionId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { resolveAttentionUpdate, type AttentionResolution, type OrderSummary } from './messages.js';
import type { OrderLife } from './order-life.js';
import { demandLegible } from './legible.js';
import { demand, refuse } from './refusal.js';

/** Work for a person, for as long as the order waits for it. */
export interface AttentionItem {
  readonly id: AttentionId;
  readonly reason: AttentionReason;
  readonly subject: string;
  /** What a person decided, from the moment on at which he was heard. */
  decision: AttentionResolution | undefined;
  /** The same, once it stands in the timeline. */
  resolution: AttentionResolution | undefined;
  /** Whether it needs nobody any more. */
  isClosed: boolean;
}

/** What only a person can mend: it is raised, waits, and is resolved once. */
export class Attention {
  private readonly items = new Map<AttentionId, AttentionItem>();

  constructor(private readonly life: OrderLife) {
    setHandler<OrderSummary, [AttentionResolution], typeof resolveAttentionUpdate>(
      resolveAttentionUpdate,
      (resolution) => CancellationScope.nonCancellable(() => this.resolve(resolution)),
      {
        validator: (resolution) => {
          demandLegible(life, resolution, 'attentionId', 'choice', 'by', 'note');
          this.check(resolution);
        },
        description: 'Decide about what needs attention',
      },
    );
  }

  /** @param exposure the money that is at stake */
  async raise(reason: AttentionReason, subject: string, exposure?: Money): Promise<AttentionItem> {
    const raised = attentionItem(uuid4(), { reason, subject, exposure });
    const { id } = raised;
    const item: AttentionItem = {
      id,
      reason,
      subject,
      decision: undefined,
      resolution: undefined,
      isClosed: false,
    };
    this.items.set(id, item);
    await this.life.record(`attention:${id}`, [raised]);
    this.life.publish();
    return item;
  }

  /** Closes an item that has become needless, because what it waited for has come after all. */
  async close(item: AttentionItem): Promise<void> {
    if (item.isClosed) return;
    item.isClosed = true;
    const { id, reason, subject } = item;
    await this.life.record(resolutionKeyOf(id), [{ type: 'attention.resolved', reason, subject }]);
  }

  /** Raises an item and waits for a person, or until there is no need. */
  async ask(
    reason: AttentionReason,
    subject: string,
    isNeedless: () => boolean,
    exposure?: Money,
  ): Promise<AttentionResolution | undefined> {
    const item = await this.raise(reason, subject, exposure);
    await condition(() => item.resolution !== undefined || isNeedless());
    if (item.resolution === undefined) await this.close(item);
    return item.resolution;
  }

  private async resolve(resolution: AttentionResolution): Promise<OrderSummary> {
    const item = this.items.get(resolution.attentionId);
    if (item !== undefined && !item.isClosed) await this.settle(item, resolution);
    await condition(() => item?.resolution !== undefined);
    return this.life.summary();
  }

  private async settle(item: AttentionItem, resolution: AttentionResolution): Promise<void> {
    item.isClosed = true;
    item.decision = resolution;
    const { id, reason, subject } = item;
    const { by, choice, note } = resolution;
    await this.life.record(resolutionKeyOf(id), [
      { type: 'attention.resolved', reason, subject, by, choice, note },
    ]);
    item.resolution = resolution;
  }

  /** The same decision of the same person is heard twice; of two people the second is too late. */
  private check({ attentionId, choice, by }: AttentionResolution): void {
    const item = this.items.get(attentionId);
    if (item === undefined) throw refuse(this.life, `There is no item ${attentionId}`);
    const { decision } = item;
    if (decision?.by === by && decision.choice === choice) return;
    demand(this.life, 'resolveAttention');
    if (decision !== undefined) {
      throw refuse(this.life, `${decision.by} has decided already: ${decision.choice}`);
    }
    if (item.isClosed) throw refuse(this.life, 'It needs nobody any more');
    if (!choicesFor(item.reason).includes(choice)) {
      throw refuse(this.life, `${choice} is no choice for ${item.reason}`);
    }
  }
}
