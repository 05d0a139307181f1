/** One file of a patch. */
export interface PatchedFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly addedLines: readonly string[];
}

/** What a change touches. */
export type Patch = readonly PatchedFile[];

/**
 * Reads a patch as `git diff` writes it.
 * @param name is told when it is not one
 * @throws Error when a part of it is not as it must be, or is cut off
 */
export function readPatch(name: string, text: string): Patch {
  const [before, ...parts] = text.split(/^diff --git /m);
  const refuse = (what: string): never => {
    throw new Error(`${name}: ${what}`);
  };
  if (before !== '') refuse('it does not begin with a file');
  if (parts.length === 0) refuse('it changes nothing');
  const files = parts.map((part) => fileOf(part, refuse));
  const twice = files.find(({ path }, at) => files.findIndex((one) => one.path === path) < at);
  return twice === undefined ? files : refuse(`${twice.path} is there twice`);
}

type Refuse = (what: string) => never;

function fileOf(part: string, refuse: Refuse): PatchedFile {
  const [head = '', ...hunks] = part.split(/^(?=@@ )/m);
  const [, before, after] = /^--- (\S+)\n\+\+\+ (\S+)\n$/m.exec(head) ?? [];
  if (before === undefined || after === undefined) return refuse(`no file in: ${firstLine(part)}`);
  const path = (after === '/dev/null' ? before : after).replace(/^[ab]\//, '');
  if (hunks.length === 0) refuse(`${path} is not changed`);
  return {
    path,
    isNew: before === '/dev/null',
    addedLines: hunks.flatMap((hunk) => addedBy(hunk, path, refuse)),
  };
}

const hunkHead = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Each hunk says how long it is, so one that was cut off, or mended by hand, is noticed. */
function addedBy(hunk: string, path: string, refuse: Refuse): readonly string[] {
  const [head = '', ...lines] = hunk.replace(/\n$/, '').split('\n');
  const lengths = hunkHead.exec(head);
  const count = (...marks: readonly string[]) =>
    lines.filter((line) => marks.includes(line.charAt(0))).length;
  const isWhole =
    lengths !== null &&
    count(' ', '-') === Number(lengths[1] ?? 1) &&
    count(' ', '+') === Number(lengths[2] ?? 1) &&
    count(' ', '-', '+', '\\') === lines.length;
  if (!isWhole) refuse(`${path} has a hunk that is not as long as it says: ${head}`);
  return lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
