import { killedCode } from './command-context.js';

/** npm passes on a Ctrl-C that the terminal has sent to this process already. */
const sameKeyPressMs = 500;

export interface StopListeners {
  /** The first Ctrl-C, or SIGTERM. */
  readonly onStop: () => void;
  /** A second one: the person does not want to wait. */
  readonly onKill: () => void;
}

/** Aborted by the first Ctrl-C; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  listenForStop({
    onStop: () => {
      stop.abort(new Error('stopped'));
    },
    onKill: () => process.exit(killedCode),
  });
  return stop.signal;
}

/** Listens for the signals by which people and systems end a foreground process. */
export function listenForStop({ onStop, onKill }: StopListeners): void {
  let firstAt: number | undefined;
  const listen = () => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      onStop();
    } else if (Date.now() - firstAt > sameKeyPressMs) {
      onKill();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listen);
}
