import { z } from 'zod';

/** What V8's profiler writes when a process or one of its threads ends; times in microseconds. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** By the monotonic clock, which all processes of a machine share. */
export interface Window {
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Self {
  readonly name: string;
  /** `ours`, `node`, `V8`, or the name of a package. */
  readonly owner: string;
  readonly file: string;
  readonly ms: number;
}

const waiting = new Set(['(idle)', '(root)']);

/** How long each function itself ran within the window; the dearest first. */
export function selfTimes(profiles: readonly string[], window: Window): readonly Self[] {
  const sums = new Map<string, Self>();
  for (const profile of profiles) {
    for (const [node, us] of sampled(cpuProfile.parse(JSON.parse(profile)), window)) {
      const self = selfOf(node.callFrame, us / 1_000);
      const key = `${self.name} ${self.file}`;
      sums.set(key, { ...self, ms: self.ms + (sums.get(key)?.ms ?? 0) });
    }
  }
  return [...sums.values()]
    .filter(({ name }) => !waiting.has(name))
    .sort((one, other) => other.ms - one.ms);
}

type Profile = z.infer<typeof cpuProfile>;
type Node = Profile['nodes'][number];

/** A sample lasts until the next one. */
function sampled({ nodes, samples, timeDeltas, startTime }: Profile, window: Window) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map<Node, number>();
  let atUs = startTime;
  samples.forEach((id, index) => {
    atUs += timeDeltas[index] ?? 0;
    const node = byId.get(id);
    if (node === undefined || atUs < window.fromUs || atUs > window.untilUs) return;
    sums.set(node, (sums.get(node) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  });
  return sums;
}

function selfOf({ functionName, url, lineNumber }: Node['callFrame'], ms: number): Self {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return { name, owner: 'V8', file: '', ms };
  const line = `:${lineNumber + 1}`;
  const inPackage = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(url);
  if (inPackage !== null) {
    return { name, owner: inPackage[1] ?? '', file: `${inPackage[1]}/${inPackage[2]}${line}`, ms };
  }
  if (url.startsWith('node:')) return { name, owner: 'node', file: url + line, ms };
  return { name, owner: 'ours', file: url.replace(/^.*\/dist\//, '') + line, ms };
}
