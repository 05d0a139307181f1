/** What a server answered, whatever its status. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly body: unknown;
}

const callLimitMs = 10_000;

/** @throws Error when there is no answer in time */
export const postJson = (
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** @throws Error when the answer is not a success */
export const getJson = async (url: string): Promise<unknown> => bodyOf(await call(url));

/** @throws Error when there is no answer in time */
export const deleteAt = (url: string): Promise<Answer> => call(url, { method: 'DELETE' });

/** @throws Error when the answer is not a success */
export function bodyOf({ url, status, body }: Answer): unknown {
  if (status >= 200 && status < 300) return body;
  throw new Error(`${url} answered ${status}: ${JSON.stringify(body).slice(0, 300)}`);
}

async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(callLimitMs) });
  return { url, status: response.status, body: jsonOr(await response.text()) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
