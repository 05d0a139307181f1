import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

export interface ScriptedProvider {
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/**
 * An HTTP provider that does what it is told to: answers, cuts the connection, says nothing, or never
 * comes to the end of its answer.
 */
export async function startProvider(
  answer: (request: string) => ScriptedAnswer | 'cut' | 'silence' | 'drips',
): Promise<ScriptedProvider> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    requests.push(name);
    const scripted = answer(name);
    request.resume();
    if (scripted === 'cut') request.socket.destroy();
    if (scripted === 'drips') drip(response);
    if (typeof scripted === 'string') return;
    const { status, headers, body } = scripted;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, stop: () => closed(server) };
}

/** Blanks, which any JSON may begin with, faster than a socket counts as idle. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 50);
  response.once('close', () => {
    clearInterval(timer);
  });
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
