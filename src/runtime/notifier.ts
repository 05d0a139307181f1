/** Calls its subscribers back, in this process. */
export interface Notifier {
  readonly notify: () => void;
  /** @returns the unsubscription */
  readonly subscribe: (call: () => void) => () => void;
}

export function createNotifier(): Notifier {
  const subscribers = new Set<() => void>();
  return {
    notify: () => {
      for (const call of subscribers) call();
    },
    subscribe: (call) => {
      subscribers.add(call);
      return () => {
        subscribers.delete(call);
      };
    },
  };
}
