import { CancellationScope, CancelledFailure, condition, sleep } from '@temporalio/workflow';

interface Deadline {
  readonly atMs: number;
  hasPassed: boolean;
}

/**
 * All the deadlines of an order on one timer. It is set for the earliest of them and left alone when
 * that one is met: a timer costs history when it is set, when it is cancelled and when it fires, and
 * the next deadline is mostly a later one, for which it can be set again should it ever fire.
 */
export class Deadlines {
  private readonly pending = new Set<Deadline>();
  private timerAtMs = Infinity;

  /**
   * Waits for something, `limitMs` long.
   * @returns false when the time has passed first
   * @throws CancelledFailure when the scope around it is cancelled
   */
  async until(isReached: () => boolean, limitMs: number): Promise<boolean> {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('too late');
    if (isReached()) return true;
    if (limitMs <= 0) return false;
    const deadline: Deadline = { atMs: Date.now() + limitMs, hasPassed: false };
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
    const earliestMs = Math.min(...ahead.map(({ atMs }) => atMs));
    if (earliestMs >= this.timerAtMs) return;
    this.timerAtMs = earliestMs;
    void CancellationScope.nonCancellable(() => this.fireAt(earliestMs));
  }

  private async fireAt(atMs: number): Promise<void> {
    await sleep(Math.max(atMs - Date.now(), 1), { summary: 'the next deadline' });
    // A timer that was set for an earlier deadline after this one takes its place.
    if (this.timerAtMs === atMs) this.timerAtMs = Infinity;
    for (const deadline of this.pending) {
      if (deadline.atMs <= Date.now()) deadline.hasPassed = true;
    }
    this.setTimer();
  }
}
