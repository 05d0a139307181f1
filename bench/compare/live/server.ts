import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createChannel, createSession } from 'better-sse';
import express, { type RequestHandler } from 'express';
import getPort, { portNumbers } from 'get-port';
import { livePage, liveStyle, script } from './page.js';

export interface Picture {
  readonly texts: Readonly<Record<string, string>>;
  readonly isKilling: boolean;
  readonly isPlacing: boolean;
}

interface LiveServerOptions {
  readonly look: () => Picture;
  readonly kill: () => boolean;
  readonly turnPlacing: (isOn: boolean) => void;
}

export type LiveServer = Awaited<ReturnType<typeof startLiveServer>>;

const sendMs = 500;

/** On loopback alone. */
export async function startLiveServer({ look, kill, turnPlacing }: LiveServerOptions) {
  const host = '127.0.0.1';
  const port = await getPort({ host, port: portNumbers(4_800, 4_899) });
  const app = express().disable('x-powered-by');
  app.use(guard(() => (server.address() as AddressInfo).port));
  app.get('/', (_request, response) => response.type('html').send(livePage()));
  app.get('/live.js', (_request, response) => response.type('js').send(script));
  app.get('/live.css', (_request, response) => response.type('css').send(liveStyle));
  app.post('/kill', (_request, response) => {
    if (kill()) response.status(202).json(look());
    else response.status(409).json({ error: 'Not all processes killed before run again.' });
  });
  for (const [path, isOn] of [['/stop-placing', false] as const, ['/go-on', true] as const]) {
    app.post(path, (_request, response) => {
      turnPlacing(isOn);
      response.json(look());
    });
  }
  const readers = createChannel();
  app.get('/events', async (request, response) => {
    const session = await createSession(request, response, { serializer: JSON.stringify });
    session.push(look(), 'picture');
    readers.register(session);
  });
  const sending = setInterval(() => {
    if (readers.sessionCount > 0) readers.broadcast(look(), 'picture');
  }, sendMs);
  const server = app.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${port}/`,
    stop: async (): Promise<void> => {
      clearInterval(sending);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A browser that obeys this loads nothing from anywhere else, and shows it in no other page. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const guard =
  (port: () => number): RequestHandler =>
  ({ method, headers: { host, origin } }, response, next) => {
    response.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    if (isAllowed({ method, host, origin }, port())) next();
    else response.status(403).json({ error: 'Only the page itself may ask for this.' });
  };

interface Asking {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Neither another site in the same browser may press its buttons, nor a name that points here. */
export function isAllowed({ method, host, origin }: Asking, port: number): boolean {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return false;
  // A browser names the origin of everything that may change something; other programs name none.
  return method === 'GET' || origin === undefined || origin === `http://${host}`;
}
