import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

export class Source {
  constructor(private readonly root: URL) {}

  read(path: string): string {
    return readFileSync(new URL(path, this.root), 'utf8');
  }

  parse(path: string): ts.SourceFile {
    return ts.createSourceFile(path, this.read(path), ts.ScriptTarget.Latest, true);
  }

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
      for (const [, target = ''] of this.read(path).matchAll(/ from '(\.[^']+)\.js'/g)) {
        const file = `${posix.join(posix.dirname(path), target)}.ts`;
        if (existsSync(new URL(file, this.root))) visit(file);
      }
    };
    roots.forEach(visit);
    return [...reached].sort();
  }
}

/** The lines of a TypeScript file on which there is more than a remark. */
export function linesOfCode(file: ts.SourceFile): number {
  const lines = new Set<number>();
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const parts = node.getChildren(file);
    parts.forEach(visit);
    if (parts.length > 0 || node.getWidth(file) === 0) return;
    for (let line = lineAt(node.getStart(file)); line <= lineAt(node.getEnd()); line += 1) {
      lines.add(line);
    }
  };
  visit(file);
  return lines.size;
}
