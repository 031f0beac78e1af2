/** Hardware of guests as reports have it. */
import type { AssessmentSummary } from '../../shared/assessment.ts';

/** What it costs not to have virtio, once for all kinds of guests. */
export const compatibleMeans =
  'Compatible hardware is SATA or IDE disks and an e1000 card, from which a guest starts as it is: slower, and at the cost of more of the host’s processors.';

type Choices = NonNullable<AssessmentSummary['profileChoices']>;

/** What most machines get comes first. */
export const inOrder = (choices: Choices): Choices => [...choices].sort((a, b) => b.machines - a.machines);
