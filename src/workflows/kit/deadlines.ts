import { CancellationScope, CancelledFailure, condition, sleep } from '@temporalio/workflow';
import { timeOf } from '../../domain/order-story.js';

interface Deadline {
  readonly atMs: number;
  readonly awaited: string;
  hasPassed: boolean;
}

/** A wait with an end. */
export interface Wait {
  /** What is waited for, in words for the Web UI: "the carrier takes the parcel". */
  readonly awaited: string;
  readonly limitMs: number;
}

/**
 * All the deadlines of an order on one timer (docs/decisions/0011). It is set for the earliest of them
 * and left alone when that one is met: a timer costs history when it is set, when it is cancelled and
 * when it fires, and the next deadline is mostly a later one, for which it can be set again.
 */
export class Deadlines {
  private readonly pending = new Set<Deadline>();
  private timerAtMs = Infinity;

  /**
   * Waits for something, `limitMs` long.
   * @returns false when the time has passed first
   * @throws CancelledFailure when the scope around it is cancelled
   */
  async waitFor(isReached: () => boolean, { awaited, limitMs }: Wait): Promise<boolean> {
    throwIfCancelled();
    if (isReached()) return true;
    if (limitMs <= 0) return false;
    const deadline: Deadline = { atMs: Date.now() + limitMs, awaited, hasPassed: false };
    this.pending.add(deadline);
    this.setTimer();
    try {
      await condition(() => isReached() || deadline.hasPassed);
      return isReached();
    } finally {
      this.pending.delete(deadline);
    }
  }

  private setTimer(): void {
    const ahead = [...this.pending].filter(({ hasPassed }) => !hasPassed);
    const [earliest] = ahead.sort((one, other) => one.atMs - other.atMs);
    if (earliest === undefined) return;
    // A timer whose time has passed without firing serves none of the later deadlines.
    const isTimerAhead = this.timerAtMs > Date.now();
    if (isTimerAhead && earliest.atMs >= this.timerAtMs) return;
    this.timerAtMs = earliest.atMs;
    void CancellationScope.nonCancellable(() => this.fireAt(earliest));
  }

  private async fireAt({ atMs, awaited }: Deadline): Promise<void> {
    const summary = `${awaited} until ${timeOf(atMs)}`;
    await sleep(Math.max(atMs - Date.now(), 1), { summary });
    // A timer that was set for an earlier deadline after this one takes its place.
    if (this.timerAtMs === atMs) this.timerAtMs = Infinity;
    for (const deadline of this.pending) {
      if (deadline.atMs <= Date.now()) deadline.hasPassed = true;
    }
    this.setTimer();
  }
}

/** Between two steps: nothing begins any more in a scope that was cancelled. @throws CancelledFailure */
export function throwIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
}
