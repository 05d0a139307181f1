import { Connection } from '@temporalio/client';
import { searchAttributes } from '../../domain/search-attributes.js';
import { messageOf } from '../part.js';
import { waitFor } from '../../runtime/deadline.js';

export interface NamespaceAddress {
  readonly address: string;
  readonly namespace: string;
}

const waitLimitMs = 60_000;
const callLimitMs = 3_000;

/**
 * Waits until the server serves the namespace.
 * @throws TimeLimitError, or the signal's reason
 */
export async function namespaceAnswers({
  signal,
  ...target
}: NamespaceAddress & { readonly signal: AbortSignal }): Promise<void> {
  const what = `Temporal at ${target.address}, namespace ${target.namespace}`;
  await waitFor(() => answers(target), { what, limitMs: waitLimitMs, intervalMs: 50, signal });
}

/** One try, bounded. */
export async function answers({ address, namespace }: NamespaceAddress): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + callLimitMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

export type Registration =
  | { readonly kind: 'registered'; readonly added: readonly string[] }
  | { readonly kind: 'refused'; readonly missing: readonly string[]; readonly reason: string };

/** Adds the search attributes that a server which we did not start may lack. */
export async function registerSearchAttributes(target: NamespaceAddress): Promise<Registration> {
  const { namespace } = target;
  const connection = Connection.lazy({ address: target.address });
  const service = connection.operatorService;
  const bounded = <Answer>(call: () => Promise<Answer>) =>
    connection.withDeadline(Date.now() + callLimitMs, call);
  let absent = attributeNames;
  try {
    const listed = await bounded(() => service.listSearchAttributes({ namespace }));
    absent = absent.filter((name) => !(name in listed.customAttributes));
    if (absent.length === 0) return { kind: 'registered', added: [] };
    const types = Object.fromEntries(
      absent.map((name) => [name, wireTypes[searchAttributes[name]]]),
    );
    await bounded(() => service.addSearchAttributes({ namespace, searchAttributes: types }));
    return { kind: 'registered', added: absent };
  } catch (error) {
    return { kind: 'refused', missing: absent, reason: messageOf(error) };
  } finally {
    await connection.close();
  }
}

type AttributeName = keyof typeof searchAttributes;
const attributeNames = Object.keys(searchAttributes) as readonly AttributeName[];

/** The numbers of temporal.api.enums.v1.IndexedValueType. */
export const wireTypes = { Keyword: 2, Int: 3, Bool: 5 } as const;
