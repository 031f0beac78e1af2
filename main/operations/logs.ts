/** Answers with what Guts has written down of itself. */
import { version } from '../../package.json';
import { bundleName, gatherBundle, packBundle, type Bundle } from '../logs/bundle.ts';
import { readLog } from '../logs/read-log.ts';
import type { Parts, Some } from './handlers.ts';

/** Of the newest migrations: whoever makes a bundle holds it in memory. */
const MOST_JOURNALS = 200;
const HEAD_LETTERS = 2000;

/** @param redact takes out every secret that this process has come across */
export function logHandlers(
  { dataDir, vault }: Pick<Parts, 'dataDir' | 'vault'>,
  redact: (text: string) => string,
): Some<'about.show' | 'logs.list' | 'logs.preview' | 'logs.bundle'> {
  const startedAt = new Date().toISOString();
  const gather = async (): Promise<Bundle> =>
    await gatherBundle({ dataDir, vault, version, mostJournals: MOST_JOURNALS });

  return {
    'about.show': async () =>
      await Promise.resolve({
        version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        dataDir,
        process: process.pid,
        startedAt,
      }),
    'logs.list': async (wish, { signal }) => {
      const { lines, isCut } = await readLog(dataDir, wish, redact, signal);
      return { lines: [...lines], isCut };
    },
    'logs.preview': async () => {
      const { parts, ...facts } = await gather();
      return {
        ...factsOf(facts),
        parts: parts.map(({ name, what, content }) => ({
          name,
          what,
          bytes: content.length,
          head: redact(content.toString('utf8', 0, 4 * HEAD_LETTERS).slice(0, HEAD_LETTERS)),
        })),
      };
    },
    'logs.bundle': async () => {
      const { parts, ...facts } = await gather();
      const name = bundleName();
      return { ...factsOf(facts), name: `${name}.tar.gz`, archive: (await packBundle(parts, name)).toString('base64') };
    },
  };
}

const factsOf = ({ notLookedFor, ...facts }: Omit<Bundle, 'parts'>) => ({ ...facts, notLookedFor: [...notLookedFor] });
