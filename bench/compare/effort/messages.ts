import { posix } from 'node:path';
import ts from 'typescript';
import type { Source } from './source.js';

/** What a workflow is told while it runs, and the members that this has. */
export interface ToldMessage {
  readonly name: string;
  readonly fields: readonly string[];
}

const definitions = 'src/workflows/messages.ts';

/** The signals and updates that an order's workflow takes; those of returns are not among them. */
export function orderMessages(source: Source): readonly ToldMessage[] {
  const file = parsed(source, definitions);
  const takers = source
    .reachedFrom(['src/workflows/order.ts'], isOfTheOrder)
    .map((path) => source.read(path))
    .join('\n');
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap((declared) => messageOf(source, file, declared))
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(takers));
}

const isOfTheOrder = (path: string): boolean =>
  path.startsWith('src/workflows/') && path !== definitions;

function messageOf(
  source: Source,
  file: ts.SourceFile,
  declared: ts.VariableDeclaration,
): readonly ToldMessage[] {
  const { initializer } = declared;
  if (initializer === undefined || !ts.isCallExpression(initializer)) return [];
  const kind = initializer.expression.getText(file);
  if (kind !== 'defineSignal' && kind !== 'defineUpdate') return [];
  const told = (initializer.typeArguments ?? []).filter(ts.isTupleTypeNode);
  const fields = told.flatMap((tuple) => fieldsOf(source, file, tuple));
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
    if (elsewhere !== undefined) return fieldsOfNamed(source, parsed(source, elsewhere), name);
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

const parsed = (source: Source, path: string): ts.SourceFile =>
  ts.createSourceFile(path, source.read(path), ts.ScriptTarget.Latest, true);

const namesOf = (file: ts.SourceFile, members: ts.NodeArray<ts.TypeElement>): readonly string[] =>
  members.flatMap(({ name }) => (name === undefined ? [] : [name.getText(file)]));
