/** Wakes the engine for commands that will need it, while the command line is still being loaded and read; and what else cannot wait. */
import { defaultLanes, wakeEngine } from '../engine-thread.ts';
import { moreFileThreads } from '../file-threads.ts';

const [word = ''] = process.argv.slice(2).filter((one) => !one.startsWith('-'));
const isAsking = process.argv.some((one) => one === '--help' || one === '-h' || one === '--version');
if (!isAsking) {
  if (word === 'serve') moreFileThreads();
  if (['convert', 'digest', 'demo'].includes(word)) wakeEngine(defaultLanes());
  if (['inspect', 'create', 'start', 'retry'].includes(word)) wakeEngine(0);
}
