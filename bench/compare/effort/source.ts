import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The files of a repository, by their paths in it. */
export class Source {
  constructor(private readonly root: URL) {}

  read(path: string): string {
    return readFileSync(new URL(path, this.root), 'utf8');
  }

  /** The TypeScript files right in a folder. */
  filesIn(folder: string): readonly string[] {
    return readdirSync(new URL(`${folder}/`, this.root))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`)
      .sort();
  }

  foldersIn(folder: string): readonly string[] {
    return readdirSync(new URL(`${folder}/`, this.root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${folder}/${name}`)
      .sort();
  }

  /** These files, and those that they import, and so on. @param isMeant the others are not followed */
  reachedFrom(roots: readonly string[], isMeant: (path: string) => boolean): readonly string[] {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path) || !isMeant(path)) return;
      reached.add(path);
      this.importsOf(path).forEach(visit);
    };
    roots.forEach(visit);
    return [...reached].sort();
  }

  /** Of those that are there. */
  importsOf(path: string): readonly string[] {
    return [...this.read(path).matchAll(/ from '(\.[^']+)\.js'/g)]
      .map(([, target = '']) => `${posix.join(posix.dirname(path), target)}.ts`)
      .filter((file) => existsSync(new URL(file, this.root)));
  }
}
