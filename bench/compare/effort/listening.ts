import { posix } from 'node:path';
import ts from 'typescript';
import type { Service } from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';
import { catalogue, isEventType, type EventType } from '../../../src/events/catalogue/catalogue.js';
import type { VariantName } from '../data/names.js';
import { naiveOrder } from '../naive/naive-services.js';
import type { Source } from './source.js';

/** How many messages are handled, and how many of their members have to be understood for it. */
interface Listening {
  readonly subscriptions: number;
  readonly fields: number;
}

const none: Listening = { subscriptions: 0, fields: 0 };

/** Of all parts of a variant together. */
export function listeningIn(source: Source, name: VariantName): Listening {
  switch (name) {
    case 'saga':
      return listeningByWorkflow(source);
    case 'naive':
      return listeningByServices({ ...services, order: naiveOrder });
    case 'outbox':
      return listeningByServices(services);
    case 'mix':
      return [listeningByWorkflow(source), ...listeningByTeams(source)].reduce(together, none);
  }
}

function listeningByWorkflow(source: Source): Listening {
  const messages = orderMessages(source);
  return {
    subscriptions: messages.length,
    fields: messages.reduce((sum, { fields }) => sum + fields.length, 0),
  };
}

/** A fact that is only required has to be understood as one that is reacted to. */
const listeningByServices = (all: Readonly<Record<string, Service>>): Listening =>
  Object.values(all)
    .map(({ reactions, requiredFacts }): Listening => {
      const handled = Object.keys(reactions) as EventType[];
      return {
        subscriptions: handled.length,
        fields: fieldsIn([...handled, ...requiredFacts]),
      };
    })
    .reduce(together, none);

/** A team declares its events nowhere; its code names those that it handles. */
const listeningByTeams = (source: Source): readonly Listening[] =>
  source.foldersIn('src/teams').map((folder) => {
    const code = source.filesIn(folder).map((path) => source.read(path));
    const named = [...code.join('\n').matchAll(/'(\w+\.\w+)'/g)].map(([, name = '']) => name);
    const handled = [...new Set(named.filter(isEventType))];
    return { subscriptions: handled.length, fields: fieldsIn(handled) };
  });

const fieldsIn = (types: readonly EventType[]): number =>
  [...new Set(types)]
    .map((type) => Object.keys(catalogue[type].data.shape).length)
    .reduce((sum, count) => sum + count, 0);

const together = (one: Listening, other: Listening): Listening => ({
  subscriptions: one.subscriptions + other.subscriptions,
  fields: one.fields + other.fields,
});

/** A message to a running workflow, and its members. */
interface Message {
  readonly name: string;
  readonly fields: readonly string[];
}

const definitions = 'src/workflows/messages.ts';

/** The signals and updates that an order's workflow handles; those of returns are not among them. */
export function orderMessages(source: Source): readonly Message[] {
  const file = source.parse(definitions);
  const handlers = source
    .reachedFrom(['src/workflows/order.ts'], isOfTheOrder)
    .map((path) => source.read(path))
    .join('\n');
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap((declared) => messageOf(source, file, declared))
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(handlers));
}

const isOfTheOrder = (path: string): boolean =>
  path.startsWith('src/workflows/') && path !== definitions;

function messageOf(
  source: Source,
  file: ts.SourceFile,
  declared: ts.VariableDeclaration,
): readonly Message[] {
  const { initializer } = declared;
  if (initializer === undefined || !ts.isCallExpression(initializer)) return [];
  const kind = initializer.expression.getText(file);
  if (kind !== 'defineSignal' && kind !== 'defineUpdate') return [];
  const types = (initializer.typeArguments ?? []).filter(ts.isTupleTypeNode);
  const fields = types.flatMap((tuple) => fieldsOf(source, file, tuple));
  return [{ name: declared.name.getText(file), fields: [...new Set(fields)] }];
}

/** @throws TypeError for a type that this does not know how to take apart */
function fieldsOf(source: Source, file: ts.SourceFile, type: ts.TypeNode): readonly string[] {
  if (ts.isTupleTypeNode(type)) return type.elements.flatMap((one) => fieldsOf(source, file, one));
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((one) => fieldsOf(source, file, one));
  if (ts.isOptionalTypeNode(type)) return fieldsOf(source, file, type.type);
  if (ts.isTypeLiteralNode(type)) return namesOf(file, type.members);
  if (!ts.isTypeReferenceNode(type)) throw new TypeError(`Members of ${type.getText(file)}?`);
  const [inner] = type.typeArguments ?? [];
  return inner === undefined
    ? fieldsOfNamed(source, file, type.getText(file))
    : fieldsOf(source, file, inner);
}

function fieldsOfNamed(source: Source, file: ts.SourceFile, name: string): readonly string[] {
  for (const statement of file.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) {
      return namesOf(file, statement.members);
    }
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name) {
      return fieldsOf(source, file, statement.type);
    }
    const elsewhere = importedFrom(statement, file, name);
    if (elsewhere !== undefined) return fieldsOfNamed(source, source.parse(elsewhere), name);
  }
  throw new TypeError(`${file.fileName} does not say what ${name} is`);
}

/** @returns the path of the file from which the statement imports the type, if it does */
function importedFrom(
  statement: ts.Statement,
  file: ts.SourceFile,
  name: string,
): string | undefined {
  if (!ts.isImportDeclaration(statement)) return undefined;
  const { importClause, moduleSpecifier } = statement;
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return undefined;
  const isNamed = bindings.elements.some((element) => element.name.text === name);
  if (!isNamed || !ts.isStringLiteral(moduleSpecifier)) return undefined;
  return posix.join(posix.dirname(file.fileName), moduleSpecifier.text).replace(/\.js$/, '.ts');
}

const namesOf = (file: ts.SourceFile, members: ts.NodeArray<ts.TypeElement>): readonly string[] =>
  members.flatMap(({ name }) => (name === undefined ? [] : [name.getText(file)]));
