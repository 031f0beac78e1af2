/** The name of a node, as a word of the command line. */
import { InvalidArgumentError } from 'commander';
import { NodeId } from '../shared/schedule.ts';

export function nodeId(text: string): NodeId {
  const { data, success } = NodeId.safeParse(text);
  if (!success) throw new InvalidArgumentError('Give letters, digits, dots and dashes; at most 63.');
  return data;
}
