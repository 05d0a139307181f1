import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createChannel, createSession } from 'better-sse';
import express, { type Express } from 'express';
import getPort, { portNumbers } from 'get-port';
import { livePage, liveStyle, script } from './page.js';

export interface Picture {
  readonly texts: Readonly<Record<string, string>>;
  readonly isKilling: boolean;
  readonly isPlacing: boolean;
}

interface LiveServerOptions {
  readonly look: () => Picture;
  /** @returns false while not all run again */
  readonly kill: () => boolean;
  readonly turnPlacing: (isOn: boolean) => void;
}

export interface LiveServer {
  readonly url: string;
  stop(): Promise<void>;
}

const ports = { first: 4_800, last: 4_899 } as const;
const sendMs = 500;

/** A browser that obeys this loads nothing from anywhere else, and shows it in no other page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** On loopback alone. */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const host = '127.0.0.1';
  const port = await getPort({ host, port: portNumbers(ports.first, ports.last) });
  const app = express().disable('x-powered-by');
  addGuard(app, () => (server.address() as AddressInfo).port);
  addPage(app);
  addButtons(app, options);
  const stopStream = addStream(app, options);
  const server = app.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${port}/`,
    stop: async () => {
      stopStream();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function addGuard(app: Express, port: () => number): void {
  app.use(({ method, headers: { host, origin } }, response, next) => {
    response.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    if (isAllowed({ method, host, origin }, port())) next();
    else response.status(403).json({ error: 'Only the page itself may ask for this.' });
  });
}

function addPage(app: Express): void {
  app.get('/', (_request, response) => response.type('html').send(livePage()));
  app.get('/live.js', (_request, response) => response.type('js').send(script));
  app.get('/live.css', (_request, response) => response.type('css').send(liveStyle));
}

function addButtons(app: Express, { kill, turnPlacing, look }: LiveServerOptions): void {
  app.post('/kill', (_request, response) => {
    if (kill()) response.status(202).json(look());
    else response.status(409).json({ error: 'Not all processes killed before run again.' });
  });
  const turns = { '/stop-placing': false, '/go-on': true } as const;
  for (const [path, isOn] of Object.entries(turns)) {
    app.post(path, (_request, response) => {
      turnPlacing(isOn);
      response.json(look());
    });
  }
}

function addStream(app: Express, { look }: LiveServerOptions): () => void {
  const readers = createChannel();
  app.get('/events', async (request, response) => {
    const session = await createSession(request, response, { serializer: JSON.stringify });
    session.push(look(), 'picture');
    readers.register(session);
  });
  const sending = setInterval(() => {
    if (readers.sessionCount > 0) readers.broadcast(look(), 'picture');
  }, sendMs);
  return () => {
    clearInterval(sending);
  };
}

/** What is looked at of a request before anything is done for it. */
interface Asking {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Only this page may press its buttons: no other site that the same browser shows, and no name that
 * somebody has made to point to this machine.
 */
export function isAllowed({ method, host, origin }: Asking, port: number): boolean {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return false;
  // A browser names the origin of everything that may change something; other programs name none.
  return method === 'GET' || origin === undefined || origin === `http://${host}`;
}
