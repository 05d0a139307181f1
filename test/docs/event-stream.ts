const limitMs = 20_000;

/** Reads the beginning of the stream that a documented command asks for: it has no end. */
export async function tellsEvents(command: string): Promise<void> {
  const url = command.split(' ').at(-1)!;
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  const reader = response.body!.getReader();
  let text = '';
  while (!text.includes('event:order.placed')) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended with: ${text}`);
    text += Buffer.from(value).toString();
  }
  await reader.cancel();
}
