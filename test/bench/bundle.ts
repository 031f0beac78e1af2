/** Bundles a benchmark's client as the product's own threads are bundled: one file for the oldest Node. */
import * as path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../..');

/** @param entry from the checkout's root. @returns the path of `name`.cjs in `dir` */
export async function bundle(name: string, entry: string, dir: string): Promise<string> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    root,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node18',
      outDir: dir,
      emptyOutDir: false,
      rolldownOptions: {
        input: { [name]: path.join(root, entry) },
        external: ['keytar', 'electron'], // as the build has it
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  });
  return path.join(dir, `${name}.cjs`);
}
