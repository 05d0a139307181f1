import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends a run with its slowest files, the skipped tests' names, and one plain line. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => test.result().state);
    const failedModules = modules.filter((module) => module.state() === 'failed').length;
    const failed = states.filter((state) => state === 'failed').length;
    const count = (state: string) => states.filter((other) => other === state).length;
    print('The slowest files, in seconds:');
    for (const line of slowest(modules)) print(line);
    for (const test of tests.filter(isSkipped)) print(`skipped: ${test.fullName}`);
    // A file that fails before its first test has failed as well.
    print(
      `${count('passed')} passed, ${Math.max(failed, failedModules)} failed, ${count('skipped')} skipped`,
    );
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const isSkipped = (test: TestCase): boolean => test.result().state === 'skipped';

/** With what a file needs to load, which counts as much as its tests. */
const secondsOf = (module: TestModule): number => {
  const { duration, collectDuration } = module.diagnostic();
  return (duration + collectDuration) / 1_000;
};

const slowest = (modules: readonly TestModule[]): string[] =>
  modules
    .map((module) => ({ file: relative('', module.moduleId), seconds: secondsOf(module) }))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 10)
    .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)}  ${file}`);
