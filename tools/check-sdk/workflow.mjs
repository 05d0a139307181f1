import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';

const { step } = proxyLocalActivities({ startToCloseTimeout: '10s' });

/** Runs local activities, and returns the signals that it received meanwhile; two are sent. */
export async function lost() {
  const heard = [];
  setHandler(defineSignal('s'), (n) => void heard.push(n));
  for (let i = 0; i < 12; i += 1) await step(); // each 400 ms
  await condition(() => heard.length === 2, '5s');
  return heard;
}
