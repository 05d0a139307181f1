import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenForStop } from '../../src/up/stop-signals.js';

const onStop = vi.fn();
const onKill = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  listenForStop({ onStop, onKill });
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
});

test('one key press that arrives twice is one request to stop', () => {
  process.emit('SIGINT');
  process.emit('SIGINT');
  expect([onStop.mock.calls.length, onKill.mock.calls.length]).toEqual([1, 0]);
});

test('a second key press kills', () => {
  process.emit('SIGINT');
  vi.advanceTimersByTime(600);
  process.emit('SIGINT');
  expect([onStop.mock.calls.length, onKill.mock.calls.length]).toEqual([1, 1]);
});
