import { waitFor } from '../support/wait-for.js';

/** A reader of server-sent events, as bare as the specification allows. */
export class EventReader {
  readonly received: { readonly id: string; readonly event: string; readonly data: string }[] = [];
  readonly comments: string[] = [];

  private constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {
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
    await waitFor('events of the stream', () => this.received.length >= count, 5_000);
    return this.received.map(({ id }) => id);
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of this.response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) this.take(message);
    }
  }

  private take(message: string): void {
    const fields = message.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    });
    const { id, event, data, ...rest } = Object.fromEntries(fields);
    if (data !== undefined) this.received.push({ id: id ?? '', event: event ?? '', data });
    if ('' in rest) this.comments.push(message);
  }
}
