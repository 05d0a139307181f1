import { waitFor } from '../support/wait-for.js';

export type EventReader = Awaited<ReturnType<typeof openEvents>>;

/** A reader of server-sent events, as bare as the specification allows. */
export async function openEvents(url: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await fetch(url, { headers, signal: controller.signal });
  const received: { readonly id: string; readonly event: string; readonly data: string }[] = [];
  const comments: string[] = [];
  const take = (message: string) => {
    const fields = message.split('\n').map((line) => /^(\w*):(.*)$/.exec(line)!.slice(1));
    const { id = '', event = '', data, ...rest } = Object.fromEntries(fields) as Fields;
    if (data !== undefined) received.push({ id, event, data });
    if ('' in rest) comments.push(message);
  };
  const read = async () => {
    let text = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      const messages = (text + part).split('\n\n');
      text = messages.pop()!;
      messages.forEach(take);
    }
  };
  void read().catch(() => undefined);
  return {
    ...{ response, received, comments },
    close: () => {
      controller.abort();
    },
    /** Waits for so many events. @returns their ids */
    ids: async (count: number): Promise<readonly string[]> => {
      await waitFor('events of the stream', () => received.length >= count, 5_000);
      return received.map(({ id }) => id);
    },
  };
}

type Fields = Readonly<Record<string, string | undefined>>;
