import { expect, test } from 'vitest';
import {
  isAllowedAddress,
  resolveHost,
  type Resolve,
  checkUrl,
} from '../../../src/events/webhooks/address.js';

const outside = { allowInternal: false };
const inside = { allowInternal: true };

/** Whether events would be sent there, when the name leads to these addresses. */
async function getsThrough(text: string, addresses: readonly string[]): Promise<boolean> {
  const checked = checkUrl(text, outside);
  if (checked.kind === 'refused') return false;
  const resolve: Resolve = () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  const { kind } = await resolveHost(checked.url, { rules: outside, resolve });
  return kind === 'allowed';
}

const publicAddress = '93.184.215.14';

/** Nothing of these may be reached, even if the name server vouches for them with a public address. */
const internal = [
  'https://127.0.0.1/',
  'https://127.0.0.1./',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://①②⑦.⓪.⓪.①/',
  'https://%31%32%37.0.0.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://0.1.2.3/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://100.64.0.1/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://203.0.113.7/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/',
  'https://[2001:db8::1]/',
  'https://[fe80::1]/',
  'https://[fe80::5efe:10.0.0.1]/',
  'https://[2606:2800:220:1:0:5efe:7f00:1]/',
  'https://[fec0::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/latest/meta-data/',
  'https://[ff02::1]/',
  'https://[100::1]/',
  'https://localhost/',
  'https://localhost./',
  'https://localhost../',
  'https://api.localhost/',
  'https://ip6-localhost/',
  'https://postgres/',
  'https://metadata/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://printer.lan/',
  'https://vault.corp/',
  'https://nas.home.arpa/',
  'https://user@example.com/',
  'https://example.com%40127.0.0.1/',
  'https://example.com#@127.0.0.1/',
  'https://example.com/#',
  'https://127.0.0.1\\@example.com/',
  'https:\\\\127.0.0.1/',
  'https:127.0.0.1',
  ' https://example.com/',
  'https://exam\tple.com/',
  'https://example.com/\r\nx-injected: 1',
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//example.com/',
  'example.com',
  '',
  `https://example.com/${'x'.repeat(2_000)}`,
];

test('the corpus of internal addresses is worth its name', () => {
  expect(new Set(internal).size).toBeGreaterThanOrEqual(60);
});

test.each(internal)('%s is refused as no address of the public internet', async (text) => {
  expect(await getsThrough(text, [publicAddress])).toBe(false);
});

const innards = [
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  '::10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '2001:0:4136:e378:8000:63bf:f5ff:fffe',
  'fd12:3456::1',
  'fe80::1%eth0',
  'not an address',
];

test.each(innards)(
  'a public name that leads to %s is refused, alone or beside a public one',
  async (address) => {
    const named = 'https://hooks.example.com/';
    expect(await getsThrough(named, [address])).toBe(false);
    expect(await getsThrough(named, [publicAddress, address])).toBe(false);
    expect(await getsThrough(named, [address, publicAddress])).toBe(false);
  },
);

test('public names and addresses get through', async () => {
  const named = 'https://hooks.example.com:8443/in?tenant=1';
  expect(await getsThrough(named, [publicAddress, '2606:2800:220:1:248:1893:25c8:1946'])).toBe(
    true,
  );
  expect(await getsThrough(`https://${publicAddress}/`, [])).toBe(true);
  expect(await getsThrough('https://[2606:4700::1111]/', [])).toBe(true);
  expect(isAllowedAddress('::ffff:93.184.215.14', outside)).toBe(true);
  expect(isAllowedAddress('64:ff9b::5db8:d70e', outside)).toBe(true);
});

test('a name without an address is unknown, and not refused for good', async () => {
  const { url } = checkUrl('https://hooks.example.com/', outside) as { url: URL };
  const nobody: Resolve = () => Promise.reject(new Error('ENOTFOUND'));
  expect(await resolveHost(url, { rules: outside, resolve: nobody })).toEqual({ kind: 'unknown' });
});

test('where internal addresses are allowed, metadata services and link-local ones are not', () => {
  for (const address of ['127.0.0.1', '::1', '10.0.0.1', '192.168.1.1', 'fd00::1']) {
    expect(isAllowedAddress(address, inside), address).toBe(true);
  }
  for (const address of ['169.254.169.254', 'fe80::1', '0.0.0.0', '224.0.0.1']) {
    expect(isAllowedAddress(address, inside), address).toBe(false);
  }
  expect(checkUrl('http://localhost:8080/hook', inside).kind).toBe('allowed');
  expect(checkUrl('http://user@localhost/', inside).kind).toBe('refused');
});
