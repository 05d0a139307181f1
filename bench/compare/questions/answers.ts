import type { Comparison } from '../data/comparison.js';
import type { Answer } from './answer.js';
import { costAnswer, effortAnswers } from './burden.js';
import { outcomeAnswers } from './outcomes.js';
import { timeAnswers } from './times.js';

/** The names of all questions, in the order in which they are asked. */
export const questionNames = [
  'wrong',
  'rules',
  'stuck',
  'person',
  'speed',
  'recovery',
  'cost',
  'change',
  'mend',
] as const;

/** What can be answered from the files that are there. */
export const answersOf = ({ runs, cost, effort }: Partial<Comparison>): readonly Answer[] => [
  ...(runs === undefined ? [] : [...outcomeAnswers(runs), ...timeAnswers(runs)]),
  ...(cost === undefined ? [] : [costAnswer(cost)]),
  ...(effort === undefined ? [] : effortAnswers(effort)),
];
