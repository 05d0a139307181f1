import type { Patch, PatchedFile } from './patch.js';
import type { Source } from './source.js';

/** The files of these folders that the patch changes. */
export const filesTouched = (patch: Patch, folders: readonly string[]): number =>
  patch.filter(({ path }) => folders.some((folder) => path.startsWith(folder))).length;

/** Whose code a file is, where it is one process's alone. The rest is linked by several. */
const owners: readonly (readonly [string, string])[] = [
  ['src/api/', 'api'],
  ['src/workflows/', 'worker'],
  ['src/workers/worker', 'worker'],
  ['src/relay/', 'relay'],
];

const choreography = 'src/choreography/';

/** The processes, and the services of choreographed orders, whose own code the patch changes. */
export function servicesTouched(source: Source, patch: Patch): readonly string[] {
  const touched = patch.flatMap((file): readonly string[] =>
    file.path.startsWith(choreography)
      ? servicesWith(source, file)
      : owners.filter(([start]) => file.path.startsWith(start)).map(([, owner]) => owner),
  );
  return [...new Set(touched)].sort();
}

const declaration = /: Service = \{\s+name: '([\w-]+)'/;

/** A service that the file declares; else those whose file imports it, for a part of their own. */
function servicesWith(source: Source, { path, isNew, addedLines }: PatchedFile): readonly string[] {
  const declared = declaration.exec(isNew ? addedLines.join('\n') : source.read(path));
  if (declared?.[1] !== undefined) return [declared[1]];
  return source
    .filesIn('src/choreography')
    .filter((file) => source.importsOf(file).includes(path))
    .flatMap((file) => declaration.exec(source.read(file))?.[1] ?? []);
}
