import { afterEach, expect, test } from 'vitest';
import { variantNames } from '../../bench/compare/data/names.js';
import { figures } from '../../bench/compare/live/board.js';
import { KillButton } from '../../bench/compare/live/payment-process.js';
import { isAllowed, startLiveServer, type LiveServer } from '../../bench/compare/live/server.js';
import { waitFor } from '../support/wait-for.js';

const port = 4_800;
const host = `127.0.0.1:${port}`;

const localhost = `localhost:${port}`;

test.each([
  ['the page itself', 'GET', host, undefined, true],
  ['its own button', 'POST', host, `http://${host}`, true],
  [
    'its own button by another name of this machine',
    'POST',
    localhost,
    `http://${localhost}`,
    true,
  ],
  ['a program without a browser', 'POST', host, undefined, true],
  ['another site', 'POST', host, 'https://shop.example', false],
  ['another port of this machine', 'POST', host, 'http://127.0.0.1:80', false],
  ['a page without an origin', 'POST', host, 'null', false],
  ['a name that points here', 'GET', `shop.example:${port}`, undefined, false],
  ['nobody by name', 'GET', undefined, undefined, false],
])('%s: %s of host %s and origin %s is answered: %s', (_who, method, host, origin, isAnswered) => {
  expect(isAllowed({ method, host, origin }, port)).toBe(isAnswered);
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

test('another site cannot press the button, and a kill is asked for by POST alone', async () => {
  const { url, post, kills } = await serve();
  expect((await post('kill', { origin: 'https://shop.example' })).status).toBe(403);
  expect((await fetch(`${url}kill`)).status).toBe(404);
  expect(kills).toHaveLength(0);
});

test('placing orders can be stopped, and started again', async () => {
  const { post } = await serve();
  expect(await (await post('stop-placing')).json()).toMatchObject({ isPlacing: false });
  expect(await (await post('go-on')).json()).toMatchObject({ isPlacing: true });
});

test('a page that is opened gets at once how things stand', async () => {
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
