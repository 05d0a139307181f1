import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** One fixture for all tests of a file, or one for each: its members are there when a test begins. */
export function useFixture<Fixture extends { stop(): Promise<void> }>(
  start: () => Promise<Fixture>,
  { perTest = false } = {},
): Fixture {
  const fixture = {} as Fixture;
  const [before, after] = perTest ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => {
    // Getters stay getters: a part of a fixture may be replaced while it runs.
    Object.defineProperties(fixture, Object.getOwnPropertyDescriptors(await start()));
  });
  after(() => fixture.stop());
  return fixture;
}
