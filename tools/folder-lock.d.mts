export type LockAttempt =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly pid: number | undefined };

/** Tries once to take the lock; a lock whose holder is dead is taken over. */
export function tryLock(folder: string): LockAttempt;

/**
 * Waits for the lock and returns the function that gives it back.
 * @throws Error when the lock is still held after limitMs
 */
export function lockFolder(
  folder: string,
  options: { readonly limitMs: number; readonly onWait?: (pid: number | undefined) => void },
): Promise<() => void>;
