import type { Client, WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

export interface HistoryFigures {
  readonly events: number;
  readonly actions: number;
}

/**
 * Reads and counts the histories of some of the orders, spread evenly.
 * @param orders the workflows of each order: its own, and those of its returns
 */
export async function historyFigures(
  client: Client,
  orders: readonly (readonly string[])[],
  sampleSize: number,
): Promise<readonly HistoryFigures[]> {
  const stride = Math.max(1, Math.floor(orders.length / sampleSize));
  const sample = orders.filter((_ids, index) => index % stride === 0).slice(0, sampleSize);
  const figures: HistoryFigures[] = [];
  for (const workflowIds of sample) figures.push(await figuresOf(client, workflowIds));
  return figures;
}

async function figuresOf(client: Client, workflowIds: readonly string[]): Promise<HistoryFigures> {
  const histories = await Promise.all(
    workflowIds.map((workflowId) => client.workflow.getHandle(workflowId).fetchHistory()),
  );
  const all = histories.map(({ events }) => events ?? []);
  return {
    events: all.reduce((sum, events) => sum + events.length, 0),
    actions: all.reduce((sum, events) => sum + billableActions(events), 0),
  };
}

/**
 * What Temporal Cloud would bill: the start, each signal, timer, update and change of search
 * attributes, each start of an activity and each retry.
 */
export function billableActions(events: readonly HistoryEvent[]): number {
  const single = events.filter(isOneAction).length;
  const retries = events.reduce((sum, event) => sum + retriesOf(event), 0);
  return single + retries;
}

const isOneAction = (event: HistoryEvent): boolean =>
  [
    event.workflowExecutionStartedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.timerStartedEventAttributes,
    event.activityTaskScheduledEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
  ].some((attributes) => attributes != null);

const retriesOf = ({ activityTaskStartedEventAttributes: started }: HistoryEvent): number =>
  Math.max(0, (started?.attempt ?? 1) - 1);
