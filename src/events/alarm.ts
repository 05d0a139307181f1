/** Wakes whoever listens at the moment. */
export interface Alarm {
  readonly ring: () => void;
  /** @returns takes the listener back */
  readonly onRing: (wake: () => void) => () => void;
}

export function createAlarm(): Alarm {
  const listeners = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of listeners) wake();
    },
    onRing: (wake) => {
      listeners.add(wake);
      return () => {
        listeners.delete(wake);
      };
    },
  };
}
