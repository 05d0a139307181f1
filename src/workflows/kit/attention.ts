import { CancellationScope, condition, uuid4 } from '@temporalio/workflow';
import type { AttentionReason } from '../../domain/attention.js';
import {
  attentionItem,
  AttentionItem,
  resolutionKeyOf,
  type AttentionResolution,
} from '../../domain/attention-item.js';
import type { AttentionId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import { resolveAttentionUpdate, type OrderSummary } from '../messages.js';
import { assertAccepted, assertWellFormed, onUpdate, refusal } from './handlers.js';
import type { OrderRecorder } from './recorder.js';

const form = { attentionId: 'text', choice: 'text', by: 'text', note: 'text' } as const;

/** What only a person can fix: it is raised, waits, and is resolved once. */
export class Attention {
  private readonly items = new Map<AttentionId, AttentionItem>();

  constructor(private readonly recorder: OrderRecorder) {
    onUpdate(resolveAttentionUpdate, 'Decide about what needs attention', {
      check: (resolution) => {
        assertWellFormed(recorder, resolution, form);
        this.check(resolution);
      },
      handle: (resolution) => CancellationScope.nonCancellable(() => this.resolve(resolution)),
    });
  }

  /** @param exposure the money that is at stake */
  async raise(reason: AttentionReason, subject: string, exposure?: Money): Promise<AttentionItem> {
    const raised = attentionItem(uuid4(), { reason, subject, exposure });
    const { id } = raised;
    const item = new AttentionItem(id, reason, subject);
    this.items.set(id, item);
    await this.recorder.record(`attention:${id}`, [raised]);
    this.recorder.publish();
    return item;
  }

  /** Closes an item that has become needless, because what it waited for has come after all. */
  async close(item: AttentionItem): Promise<void> {
    if (item.isClosed) return;
    item.isClosed = true;
    await this.recorder.record(resolutionKeyOf(item.id), [item.endedBy()]);
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
    if (item !== undefined && !item.isClosed) {
      item.isClosed = true;
      item.decision = resolution;
      await this.recorder.record(resolutionKeyOf(item.id), [item.endedBy(resolution)]);
      item.resolution = resolution;
    }
    await condition(() => item?.resolution !== undefined);
    return this.recorder.summary();
  }

  private check(resolution: AttentionResolution): void {
    const item = this.items.get(resolution.attentionId);
    if (item === undefined) {
      throw refusal(this.recorder, `There is no item ${resolution.attentionId}`);
    }
    if (item.isRepeatedBy(resolution)) return;
    assertAccepted(this.recorder, 'resolveAttention');
    const why = item.refusalOf(resolution);
    if (why !== undefined) throw refusal(this.recorder, why);
  }
}
