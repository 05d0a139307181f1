/**
 * Lets the SDK download a server into a folder: `sdk-download-main.js cli|test-server <folder>
 * <version>`. A process of its own, because a hanging download can only be ended from outside.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, downloadDir = '', version = 'default'] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', downloadDir, version } } as const;
const environment = await (kind === 'cli'
  ? TestWorkflowEnvironment.createLocal({ server })
  : TestWorkflowEnvironment.createTimeSkipping({ server }));
await environment.teardown();
