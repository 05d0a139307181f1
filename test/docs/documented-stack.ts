import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { roleNames, type RoleName } from '../../src/up/part.js';
import { openEvents } from '../api/event-reader.js';
import { kinds } from '../support/placed-orders.js';
import { TestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';
import { repositoryPath } from './pages.js';
import { stuckUndo } from './stuck-undo.js';

export const commandLimitMs = 60_000;

const run = promisify(execFile);
const carrierDown = { service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 };

/** The stack that the commands of the pages run against, and the ids that they stand for. */
export class DocumentedStack {
  private orderId = '';
  private attentionId = '';
  /** The newest id of each kind that a command has printed, by its prefix. */
  private readonly printed: Record<string, string> = {};
  /** The newest order of each coordination that a command has placed, by its first letter. */
  private readonly placed: Record<string, string> = {};
  private pidsBefore: Readonly<Partial<Record<RoleName, number>>> = {};

  private constructor(
    readonly running: TestStack,
    readonly folder: string,
  ) {}

  static async start(): Promise<DocumentedStack> {
    const folder = await mkdtemp(join(tmpdir(), 'documented-commands-'));
    await chmod(folder, 0o755);
    const running = await TestStack.start({
      stores: 'own',
      stateDir: join(folder, 'state'),
      roles: roleNames,
      extraEnv: { services: { SERVICES_RETRY_CAP_MS: '2000' } },
    });
    await symlink(running.processes.temporalCli!, join(folder, 'temporal'));
    return new DocumentedStack(running, folder);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** For a page that sets no faults itself: an order that waits for its label. */
  async openPage({ setsFaults }: { readonly setsFaults: boolean }): Promise<void> {
    await this.running.noFaults();
    if (!setsFaults) await this.running.fault(carrierDown);
    await this.placeOrder();
  }

  /** The page's default addresses and ids replaced by those of this stack. */
  here(text: string): string {
    const { urls } = this.running.processes;
    return text
      .replaceAll('http://127.0.0.1:3000', urls['api']!)
      .replaceAll('http://127.0.0.1:4000', urls['sandbox']!)
      .replaceAll('127.0.0.1:7233', urls['temporal']!)
      .replaceAll('./.orders/', `${this.folder}/state/`)
      .replaceAll('att_…', this.attentionId)
      .replace(/\b(ret|whe|whd)_…/g, (_all, prefix: string) => this.printed[prefix] ?? '')
      .replace(/\bord_([oc])…/g, (_all, coordination: string) => this.placed[coordination] ?? '')
      .replaceAll('ord_…', this.orderId);
  }

  /** Runs a command in a shell, and remembers the ids that it prints. */
  readonly runAndRead = async (command: string, prints: RegExp): Promise<void> => {
    this.pidsBefore = this.running.processes.pids;
    const PATH = [this.folder, inheritedEnvironment()['PATH']].join(delimiter);
    const { stdout } = await run('bash', ['-c', this.here(command)], {
      cwd: repositoryPath,
      env: { ...inheritedEnvironment(), PATH },
      timeout: commandLimitMs,
    });
    expect(stdout).toMatch(prints);
    const ids = [...stdout.matchAll(/"id":"((ret|whe|whd)_\w+)"/g)].reverse();
    for (const [, id, prefix] of ids) this.printed[prefix!] = id!;
    if (!command.includes('-d @')) return;
    const [, id, coordination] = /"id":"(ord_\w+)".*"coordination":"(\w)/.exec(stdout)!;
    this.orderId = this.placed[coordination!] = id!;
  };

  /** An event stream has no end: reads its beginning. */
  readonly streamsEvents = async (command: string): Promise<void> => {
    const reader = await openEvents(this.here(command).split(' ').at(-1)!);
    await reader.ids(1);
    expect(reader.received[0]!.event).toBe('order.placed');
    reader.close();
  };

  readonly placeOrder = async (): Promise<void> => {
    this.orderId = (await this.running.placeOrder()).id;
  };

  readonly deliverOrder = async (): Promise<void> => {
    await this.running.noFaults();
    await this.placeOrder();
    await this.running.waitForStatus(this.orderId, 'delivered');
  };

  readonly stickUndo = async (): Promise<void> => {
    ({ orderId: this.orderId, attentionId: this.attentionId } = await stuckUndo(this.running));
  };

  /** A new stack has had no reconciliation yet. */
  readonly reconcile = (): Promise<void> => {
    const trigger = 'temporal schedule trigger --address 127.0.0.1:7233';
    return this.runAndRead(`${trigger} --schedule-id reconciliation`, /sent/);
  };

  readonly isAuthorized = (): Promise<void> =>
    this.running.waitForFact(this.orderId, 'payment.authorized');

  readonly authorizeOrder = async (): Promise<void> => {
    await this.placeOrder();
    await this.isAuthorized();
  };

  readonly cancelOrder = async (): Promise<void> => {
    await this.running.cancel(this.orderId);
    await this.isCancelled();
  };

  readonly isCancelled = async (): Promise<void> => {
    await this.running.waitForStatus(this.orderId, 'cancelled');
  };

  /** The ledger has one authorization, and one end of it. */
  readonly ledgerAgrees = async (coordination?: 'c'): Promise<void> => {
    const id = coordination === undefined ? this.orderId : this.placed[coordination]!;
    const { status } = await this.running.order(id);
    if (status !== 'cancelled') await this.running.waitForStatus(id, 'delivered');
    const { payments } = await this.running.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', status === 'cancelled' ? 'void' : 'capture']);
  };

  readonly isRestarted = async (role: RoleName): Promise<void> => {
    const { processes } = this.running;
    await waitFor(`another ${role}`, () => processes.pids[role] !== this.pidsBefore[role]);
    await processes.waitUntilReady(role);
  };
}
