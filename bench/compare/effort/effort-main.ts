import { effortTitles, variantNames, type EffortMeasure } from '../data/names.js';
import { countEvidence, evidenceFolder, filesOf, patches } from './count.js';

const measures = Object.keys(effortTitles).filter((measure): measure is keyof Counted =>
  measure.endsWith('_for_fraud_check'),
);
type Counted = Pick<
  ReturnType<typeof countEvidence>,
  Extract<EffortMeasure, `${string}_for_fraud_check`>
>;

try {
  for (const patch of patches) {
    console.log(`${patch} applies: ${filesOf(evidenceFolder + patch).length} files.`);
  }
  for (const name of variantNames) {
    const counted: Counted = countEvidence(name);
    for (const measure of measures) {
      console.log(`${name}: ${counted[measure].value} ${effortTitles[measure]}`);
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('docs/adding-a-step.md says how a patch is made anew.');
  process.exitCode = 1;
}
