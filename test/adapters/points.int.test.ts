import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import { oneRow } from '../../src/db/database.js';
import { readBalance } from '../../src/db/points.js';
import type { OrderId } from '../../src/domain/ids.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';

const own = useFixture(openOwnDatabase);
let loyalty: ReturnType<typeof postgresLoyalty>;
beforeAll(() => {
  loyalty = postgresLoyalty(own.database);
});

const part = (orderId: OrderId, key: string, points: number) =>
  loyalty.revokePart({ orderId, key, points });

let members = 0;
/** A member with one order that gave points. */
async function awarded(points: number) {
  const memberId = `cus_${(members += 1)}`;
  const orderId = await own.newOrder();
  await loyalty.award(orderId, memberId, points);
  return { memberId, orderId };
}

const spend = ({ orderId, memberId }: Awaited<ReturnType<typeof awarded>>, points: number) =>
  sql`select loyalty.book(${orderId}, 'spend', 'till-1', ${memberId}, ${-points})`.execute(
    own.database,
  );

/** The balance of a member, which must be the sum of the ledger. */
async function balance(memberId: string): Promise<number> {
  const { total } = await oneRow<{ total: number }>(own.database)`
    select coalesce(sum(points), 0) as total from loyalty.ledger where member_id = ${memberId}`;
  expect(await readBalance(own.database, memberId)).toBe(total);
  return total;
}

test('points are awarded once for an order', async () => {
  const { memberId, orderId } = await awarded(17);
  await Promise.all([1, 2, 3].map(() => loyalty.award(orderId, memberId, 17)));
  expect(await balance(memberId)).toBe(17);
});

describe('a full revocation', () => {
  test('takes all points of the order, once', async () => {
    const { memberId, orderId } = await awarded(17);
    await loyalty.award(await own.newOrder(), memberId, 5);
    expect(await balance(memberId)).toBe(22);
    expect(await loyalty.revoke(orderId)).toEqual({ kind: 'undone' });
    expect(await loyalty.revoke(orderId)).toEqual({ kind: 'undone' });
    expect(await balance(memberId)).toBe(5);
  });

  test('takes what partial revocations have left', async () => {
    const { memberId, orderId } = await awarded(17);
    await part(orderId, 'ret_1', 9);
    await loyalty.revoke(orderId);
    expect(await balance(memberId)).toBe(0);
  });

  test('finds nothing where nothing was awarded, and bars a late award', async () => {
    const orderId = await own.newOrder();
    expect(await loyalty.revoke(orderId)).toEqual({ kind: 'nothing_to_undo' });
    expect(await loyalty.revoke(orderId)).toEqual({ kind: 'nothing_to_undo' });
    await loyalty.award(orderId, 'cus_late', 17);
    expect(await balance('cus_late')).toBe(0);
  });

  test('leaves no points when it runs at the same time as the award', async () => {
    for (let round = 0; round < 20; round += 1) {
      const memberId = `cus_race_${round}`;
      const orderId = await own.newOrder();
      await Promise.all([loyalty.award(orderId, memberId, 17), loyalty.revoke(orderId)]);
      expect(await balance(memberId)).toBe(0);
    }
  });
});

describe('a partial revocation', () => {
  test('takes points once for each key', async () => {
    const { memberId, orderId } = await awarded(17);
    expect(await part(orderId, 'ret_1', 9)).toBe(9);
    expect(await part(orderId, 'ret_1', 9)).toBe(9);
    expect(await part(orderId, 'ret_2', 3)).toBe(3);
    expect(await balance(memberId)).toBe(5);
  });

  test('never takes more than the order gave', async () => {
    const { memberId, orderId } = await awarded(17);
    await loyalty.award(await own.newOrder(), memberId, 100);
    expect(await part(orderId, 'ret_1', 12)).toBe(12);
    expect(await part(orderId, 'ret_2', 12)).toBe(5);
    expect(await part(orderId, 'ret_3', 12)).toBe(0);
    expect(await balance(memberId)).toBe(100);
  });

  test('takes nothing where nothing was awarded, and bars no award', async () => {
    const orderId = await own.newOrder();
    expect(await part(orderId, 'ret_1', 9)).toBe(0);
    await loyalty.award(orderId, 'cus_later', 17);
    expect(await balance('cus_later')).toBe(17);
  });
});

describe('the balance of a member who has spent points', () => {
  test('never falls below zero, whether all or a part is taken', async () => {
    const whole = await awarded(17);
    await spend(whole, 14);
    await loyalty.revoke(whole.orderId);
    expect(await balance(whole.memberId)).toBe(0);

    const some = await awarded(17);
    await spend(some, 14);
    expect(await part(some.orderId, 'ret_1', 9)).toBe(3);
    expect(await balance(some.memberId)).toBe(0);
  });

  test('never falls below zero when several orders take at once', async () => {
    const { memberId, orderId } = await awarded(10);
    const more = await Promise.all([1, 2, 3].map(() => own.newOrder()));
    for (const id of more) await loyalty.award(id, memberId, 10);
    await spend({ orderId, memberId }, 25);
    const taken = await Promise.all([orderId, ...more].map((id) => part(id, 'ret_1', 10)));
    expect(taken.reduce((sum, points) => sum + points, 0)).toBe(15);
    expect(await balance(memberId)).toBe(0);
  });
});
