import { afterAll, beforeAll } from 'vitest';

/** One fixture for all tests of a file: its members are there from the first test on. */
export function useFixture<Fixture extends { stop(): Promise<void> }>(
  start: () => Promise<Fixture>,
): Fixture {
  const fixture = {} as Fixture;
  beforeAll(async () => {
    // Getters stay getters: a part of a fixture may be replaced while it runs.
    Object.defineProperties(fixture, Object.getOwnPropertyDescriptors(await start()));
  });
  afterAll(() => fixture.stop());
  return fixture;
}
