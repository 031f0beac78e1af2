/** What goes on with a machine at the moment: asked of one machine alone, since a large vCenter has many tasks. */
import { textOf, type ObjectFacts } from './answers.ts';

export const TASK_PROPERTIES = ['info.descriptionId', 'info.state'];

const GOING_ON = new Set(['queued', 'running']);

/** In vSphere's own word, as `VirtualMachine.createSnapshot`; none where it has ended. */
export function runningTaskOf({ id, properties }: ObjectFacts): string[] {
  const state = textOf(properties.get('info.state'));
  return GOING_ON.has(state ?? '') ? [`${textOf(properties.get('info.descriptionId')) ?? id} (${state})`] : [];
}
