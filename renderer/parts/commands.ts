/** The commands that the first screen offers, in the order in which somebody new would want them. */
import type { PlainText } from '../texts/t.ts';

export interface Command {
  readonly title: PlainText;
  readonly text: PlainText;
  /** What follows the command's name. */
  readonly words: string;
}

export const commands: readonly Command[] = [
  { title: 'demo.title', text: 'demo.text', words: 'demo' },
  { title: 'convert.title', text: 'convert.text', words: 'convert appliance.ova disk.qcow2' },
  { title: 'inspect.title', text: 'inspect.text', words: 'inspect appliance.ova' },
  { title: 'digest.title', text: 'digest.text', words: 'digest disk.vmdk' },
];
