import { afterEach, expect, test } from 'vitest';
import { variantNames } from '../../bench/compare/data/names.js';
import { figures } from '../../bench/compare/live/board.js';
import { KillButton } from '../../bench/compare/live/payment-process.js';
import { isAllowed, startLiveServer, type LiveServer } from '../../bench/compare/live/server.js';
import { waitFor } from '../support/wait-for.js';

const port = 4_800;
const host = `127.0.0.1:${port}`;

test.each([
  ['the page itself', { method: 'GET', host, origin: undefined }, true],
  ['its own button', { method: 'POST', host, origin: `http://${host}` }, true],
  [
    'its own button by another name of this machine',
    { method: 'POST', host: `localhost:${port}`, origin: `http://localhost:${port}` },
    true,
  ],
  ['a program without a browser', { method: 'POST', host, origin: undefined }, true],
  ['another site', { method: 'POST', host, origin: 'https://shop.example' }, false],
  ['another port of this machine', { method: 'POST', host, origin: 'http://127.0.0.1:80' }, false],
  ['a page without an origin', { method: 'POST', host, origin: 'null' }, false],
  [
    'a name that points here',
    { method: 'GET', host: `shop.example:${port}`, origin: undefined },
    false,
  ],
  ['nobody by name', { method: 'GET', host: undefined, origin: undefined }, false],
] as const)('%s: %j is answered: %s', (_who, asking, isAnswered) => {
  expect(isAllowed(asking, port)).toBe(isAnswered);
});

let server: LiveServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A server whose kills last until they are ended. */
async function serve() {
  const kills: (() => void)[] = [];
  const kill = () => new Promise<void>((resolve) => kills.push(resolve));
  const button = new KillButton([{ kill }, { kill }], () => undefined);
  let isPlacing = true;
  server = await startLiveServer({
    look: () => ({ texts: { 'saga-placed': '7' }, isKilling: button.isDown, isPlacing }),
    kill: () => button.press(),
    turnPlacing: (isOn) => {
      isPlacing = isOn;
    },
  });
  const { url } = server;
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { method: 'POST', headers });
  return { url, post, kills };
}

test('one press kills in every arm, and a second one changes nothing until all are back', async () => {
  const { post, kills } = await serve();
  const first = await post('kill');
  expect([first.status, await first.json()]).toMatchObject([202, { isKilling: true }]);
  expect(kills).toHaveLength(2);
  kills[0]?.();
  expect((await post('kill')).status).toBe(409);
  expect(kills).toHaveLength(2);
  kills[1]?.();
  await waitFor('the end of the kill', async () => (await post('kill')).status === 202);
  expect(kills).toHaveLength(4);
});

test('another site cannot press the button', async () => {
  const { post, kills } = await serve();
  expect((await post('kill', { origin: 'https://shop.example' })).status).toBe(403);
  expect(kills).toHaveLength(0);
});

test('a kill is asked for by POST alone', async () => {
  const { url, kills } = await serve();
  expect((await fetch(`${url}kill`)).status).toBe(404);
  expect(kills).toHaveLength(0);
});

test('orders can be stopped, and go on', async () => {
  const { post } = await serve();
  expect(await (await post('stop-placing')).json()).toMatchObject({ isPlacing: false });
  expect(await (await post('go-on')).json()).toMatchObject({ isPlacing: true });
});

test('whoever opens the page is told at once how things stand', async () => {
  const { url } = await serve();
  const stopped = new AbortController();
  const { body, headers } = await fetch(`${url}events`, { signal: stopped.signal });
  expect(headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('data:')) break;
  }
  stopped.abort();
  expect(text).toContain('event:picture');
  expect(text).toContain('"saga-placed":"7"');
});

test('the page has a place for every figure and two buttons, and loads nothing from elsewhere', async () => {
  const { url } = await serve();
  const response = await fetch(url);
  const html = await response.text();
  for (const arm of variantNames) {
    for (const figure of Object.keys(figures)) expect(html).toContain(`id="${arm}-${figure}"`);
  }
  expect(html.match(/<button type="button"/g)).toHaveLength(2);
  expect(html).not.toMatch(/ on\w+=|<style|<script>|style="|https?:/);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
  const parts = await Promise.all(['live.js', 'live.css'].map((part) => fetch(`${url}${part}`)));
  expect(parts.map(({ status }) => status)).toEqual([200, 200]);
});
