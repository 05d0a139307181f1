import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Service } from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';
import { catalogue, isEventType, type EventType } from '../../../src/events/catalogue/catalogue.js';
import { sumOf } from '../../harness/statistics.js';
import type { VariantName } from '../data/names.js';
import { naiveOrder } from '../naive/naive-services.js';

type Holds = (path: string) => boolean;

export class Source {
  constructor(private readonly root: URL) {}

  read(path: string): string {
    return readFileSync(new URL(path, this.root), 'utf8');
  }

  filePath(path: string): string {
    return fileURLToPath(new URL(path, this.root));
  }

  list(folder: string, isMeant: Holds): readonly string[] {
    return readdirSync(new URL(`${folder}/`, this.root))
      .filter(isMeant)
      .map((name) => `${folder}/${name}`)
      .sort();
  }

  filesIn(folder: string): readonly string[] {
    return this.list(folder, (name) => name.endsWith('.ts'));
  }

  /** These files, and those that they import, and so on. @param isMeant the others are not followed */
  reachedFrom(roots: readonly string[], isMeant: Holds): readonly string[] {
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

export function linesOfCode(text: string): number {
  const file = ts.createSourceFile('counted.ts', text, ts.ScriptTarget.Latest, true);
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

export function listeningIn(source: Source, name: VariantName) {
  const handled = {
    saga: () => byWorkflow(source),
    naive: () => byServices({ ...services, order: naiveOrder }),
    outbox: () => byServices(services),
    mix: () => [...byWorkflow(source), ...byTeams(source)],
  }[name]();
  return {
    subscriptions: sumOf(handled.map(({ subscriptions }) => subscriptions)),
    fields: sumOf(handled.map(({ fields }) => fields)),
  };
}

const byWorkflow = (source: Source) =>
  orderMessages(source).map(({ fields }) => ({ subscriptions: 1, fields: fields.length }));

/** A fact that is only required has to be understood as one that is reacted to. */
const byServices = (all: Readonly<Record<string, Service>>) =>
  Object.values(all).map(({ reactions, requiredFacts }) => {
    const handled = Object.keys(reactions) as EventType[];
    return { subscriptions: handled.length, fields: fieldsIn([...handled, ...requiredFacts]) };
  });

/** A team declares its events nowhere; its code names those that it handles. */
const byTeams = (source: Source) =>
  source
    .list('src/teams', (name) => !name.includes('.'))
    .map((folder) => {
      const code = source.filesIn(folder).map((path) => source.read(path));
      const named = [...code.join('\n').matchAll(/'(\w+\.\w+)'/g)].map(([, name = '']) => name);
      const handled = [...new Set(named.filter(isEventType))];
      return { subscriptions: handled.length, fields: fieldsIn(handled) };
    });

const fieldsIn = (types: readonly EventType[]): number =>
  [...new Set(types)].flatMap((type) => Object.keys(catalogue[type].data.shape)).length;

const definitions = 'src/workflows/messages.ts';

/** The signals and updates that an order's workflow handles; those of returns are not among them. */
export function orderMessages(source: Source) {
  const isOfTheOrder = (path: string) => path.startsWith('src/workflows/') && path !== definitions;
  const handlers = source
    .reachedFrom(['src/workflows/order.ts'], isOfTheOrder)
    .map((path) => source.read(path))
    .join('\n');
  const path = source.filePath(definitions);
  const options = { module: ts.ModuleKind.NodeNext, strict: true, types: [] };
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const membersOf = (type: ts.Type): readonly string[] =>
    type.isUnion()
      ? type.types.flatMap(membersOf)
      : checker.getPropertiesOfType(type).map((member) => member.name);
  const messageOf = ({ name, initializer }: ts.VariableDeclaration) => {
    if (initializer === undefined || !ts.isCallExpression(initializer)) return [];
    if (!/^define(Signal|Update)$/.test(initializer.expression.getText())) return [];
    const members = (initializer.typeArguments ?? [])
      .flatMap((tuple) => (ts.isTupleTypeNode(tuple) ? [...tuple.elements] : []))
      .flatMap((element) => membersOf(checker.getTypeFromTypeNode(element)));
    return [{ name: name.getText(), fields: [...new Set(members)] }];
  };
  return program
    .getSourceFile(path)!
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations.flatMap(messageOf))
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(handlers));
}
