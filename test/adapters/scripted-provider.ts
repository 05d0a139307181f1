import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
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

/** An HTTP provider that does what it is told to: answers, cuts the connection, or says nothing. */
export async function startProvider(
  answer: (request: string) => ScriptedAnswer | 'cut' | 'silence',
): Promise<ScriptedProvider> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    requests.push(name);
    const scripted = answer(name);
    request.resume();
    if (scripted === 'cut') request.socket.destroy();
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

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
