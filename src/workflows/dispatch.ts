import { isCancellation, scheduleActivity } from '@temporalio/workflow';
import type { OrderActivities } from '../activities/index.js';
import { profiles, type ActivityName } from './activity-options.js';

export type InputOf<Name extends ActivityName> = Parameters<OrderActivities[Name]>[0];
export type ResultOf<Name extends ActivityName> = Awaited<ReturnType<OrderActivities[Name]>>;

export interface Call<Name extends ActivityName> {
  readonly name: Name;
  readonly input: InputOf<Name>;
  /** One line for the Web UI. */
  readonly summary: string;
}

/** A call that was refused for good, or that outlasted its patience. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  constructor(
    readonly step: ActivityName,
    override readonly cause: unknown,
  ) {
    super(`${step} failed for good`);
  }
}

/** @throws StepFailed, or what a cancellation throws */
export const dispatch = <Name extends ActivityName>({
  name,
  input,
  summary,
}: Call<Name>): Promise<ResultOf<Name>> =>
  scheduleActivity<ResultOf<Name>>(name, [input], { ...profiles[name], summary }).catch(
    (error: unknown) => {
      throw isCancellation(error) ? error : new StepFailed(name, error);
    },
  );
