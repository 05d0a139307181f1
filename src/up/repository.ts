import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json; the same seen from src/ and from dist/. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** A script of the build, for a process of its own: TypeScript cannot be started as it is. */
export const builtScript = (path: string): string => join(repositoryRoot, 'dist', path);

export const defaultStateDir = join(repositoryRoot, '.orders');
