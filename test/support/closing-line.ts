import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends a run with one plain line, after the names of the tests that were skipped. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => test.result().state);
    const failedModules = modules.filter((module) => module.state() === 'failed').length;
    const failed = states.filter((state) => state === 'failed').length;
    for (const test of tests.filter(isSkipped)) process.stdout.write(`skipped: ${test.fullName}\n`);
    const count = (state: string) => states.filter((other) => other === state).length;
    // A file that fails before its first test has failed as well.
    process.stdout.write(
      `${count('passed')} passed, ${Math.max(failed, failedModules)} failed, ${count('skipped')} skipped\n`,
    );
  }
}

const isSkipped = (test: TestCase): boolean => test.result().state === 'skipped';
