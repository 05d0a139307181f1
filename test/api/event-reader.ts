import { expect } from 'vitest';
import { waitFor } from '../support/wait-for.js';

export interface HeardEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** A reader of server-sent events, as bare as the specification allows. */
export class EventReader {
  readonly heard: HeardEvent[] = [];
  readonly comments: string[] = [];
  isEnded = false;
  private readonly controller: AbortController;

  private constructor(
    readonly response: Response,
    controller: AbortController,
  ) {
    this.controller = controller;
    void this.read().catch(() => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const controller = new AbortController();
    const response = await fetch(url, { headers, signal: controller.signal });
    return new EventReader(response, controller);
  }

  close(): void {
    this.controller.abort();
  }

  /** Waits for so many events. @returns their ids */
  async ids(count: number): Promise<readonly string[]> {
    await waitFor(
      'events of the stream',
      () => {
        expect(this.heard.length).toBeGreaterThanOrEqual(count);
      },
      5_000,
    );
    return this.heard.map(({ id }) => id);
  }

  waitForEnd(): Promise<void> {
    return waitFor(
      'the end of the stream',
      () => {
        expect(this.isEnded).toBe(true);
      },
      5_000,
    );
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const bytes of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(bytes, { stream: true });
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        messages.forEach((message) => {
          this.take(message);
        });
      }
    } finally {
      this.isEnded = true;
    }
  }

  private take(message: string): void {
    const fields = message.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    });
    const { id, event, data, ...rest } = Object.fromEntries(fields);
    if (data !== undefined) this.heard.push({ id: id ?? '', event: event ?? '', data });
    if ('' in rest) this.comments.push(message);
  }
}
