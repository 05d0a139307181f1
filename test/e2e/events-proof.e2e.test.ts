import { expect, test } from 'vitest';
import { readEventProofOptions } from '../../bench/options.js';
import { proveEvents } from '../../bench/prove-events/proof.js';

const short =
  '--orders 300 --rate 40 --kills 5 --other-faults 6 --lease 3000 --drain-limit 60000'.split(' ');

test('no event is lost, doubled or out of order while relays and consumers are killed', async () => {
  const proof = await proveEvents(readEventProofOptions(short), () => undefined);
  expect(proof.vacuous).toEqual([]);
  expect(proof.verdicts.filter(({ differences }) => differences > 0)).toEqual([]);
  expect(proof.relayOwnEnds).toBe(0);
  expect(proof.events).toBeGreaterThan(2_000);
}, 150_000);
